//! Imports a chunk of a click log: gathered by click, in as many turns as the store makes of it,
//! and without the rows it refuses.

use std::borrow::Cow;
use std::iter;
use std::ops::Range;
use std::time::Duration;

use postern_protocol::time::UnixSeconds;

use super::decode::import_record;
use super::reads::Reads as _;
use super::statement::{Argument, Statement};
use super::{Click, Store, StoreError};

/// What an import did: one of these for each click it was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Clicks that were not in the log.
    pub new: u64,
    /// Clicks that were, and of which it now says more or something else.
    pub filled_in: u64,
    /// Clicks that were, just so.
    pub known: u64,
}

impl Imported {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            new: self.new + other.new,
            filled_in: self.filled_in + other.filled_in,
            known: self.known + other.known,
        }
    }
}

/// How far a log was imported. The digest tells whether it is still the same log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Lines, a CSV's header included.
    pub lines: u64,
    /// Bytes, up to the end of the last of them.
    pub bytes: u64,
    /// SHA-256 over the format's name and these bytes.
    pub digest: [u8; 32],
}

/// How far the import of this name came, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// The file's path, or what the import was called.
    pub name: String,
    /// How far.
    pub mark: Mark,
    /// When.
    pub imported_at: UnixSeconds,
}

/// No import has an empty name.
const IMPORTS: &str = "SELECT * FROM imports WHERE name > $1 ORDER BY name LIMIT $2";

/// How often a turn is tried while the store does not answer: another process may hold its lock,
/// or it is started again.
const TRIES: u32 = 4;

/// The wait between two tries.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// What became of a chunk.
#[derive(Debug, Default)]
pub struct ChunkImported {
    /// The clicks that are in the log now.
    pub imported: Imported,
    /// The ids of those that the store refused, and why. No record was kept then, so that another
    /// run tries them again.
    pub refused: Vec<(String, StoreError)>,
}

/// One click of a chunk, whatever number of its lines were about it.
#[derive(Debug, Clone)]
pub(super) struct Gathered<'a> {
    pub(super) click: Cow<'a, Click>,
    /// What its further lines did.
    again: Imported,
}

/// What a store did of the clicks it was given in one transaction.
pub(super) struct Turn {
    pub(super) imported: Imported,
    /// How many of the clicks it took, from the first on.
    pub(super) taken: usize,
}

impl Store {
    /// Adds clicks to the click log; of a click that is known, fills in what was open.
    ///
    /// # Errors
    /// The store does not answer, or refused a click. Others may have been imported then.
    pub async fn import_clicks(&self, clicks: &[Click]) -> Result<Imported, StoreError> {
        let done = self.import_chunk(clicks, None).await?;
        match done.refused.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(done.imported),
        }
    }

    /// Adds a chunk of a log's clicks, and keeps how far the log was imported in the last of the
    /// chunk's transactions. A click that the store refuses costs no other one.
    ///
    /// # Errors
    /// The store does not answer. What it has imported stays; the same chunk can be given again.
    pub async fn import_chunk(
        &self,
        clicks: &[Click],
        record: Option<&ImportRecord>,
    ) -> Result<ChunkImported, StoreError> {
        import(self, clicks, record).await
    }

    async fn import_turn(
        &self,
        clicks: &[Gathered<'_>],
        record: Option<&ImportRecord>,
    ) -> Result<Turn, StoreError> {
        match self {
            Self::Sqlite(store) => store.import_turn(clicks, record).await,
            Self::Postgres(store) => store.import_turn(clicks, record).await,
        }
    }

    /// How far the import of this name came, if there was one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn import_record(&self, name: &str) -> Result<Option<ImportRecord>, StoreError> {
        match self {
            Self::Sqlite(store) => store.import_record(name).await,
            Self::Postgres(store) => store.import_record(name).await,
        }
    }

    /// The named imports by name, behind the one of this name, at most so many. An import that goes
    /// on meanwhile keeps its place.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn imports(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ImportRecord>, StoreError> {
        let after = Argument::Text(after.unwrap_or_default().to_owned());
        let page = Statement::with(IMPORTS, [after, Argument::Number(limit.into())]);
        match self {
            Self::Sqlite(store) => store.reader().await?.all(page, import_record).await,
            Self::Postgres(store) => store.reader().await?.all(page, import_record).await,
        }
    }
}

pub(super) async fn import(
    store: &Store,
    clicks: &[Click],
    record: Option<&ImportRecord>,
) -> Result<ChunkImported, StoreError> {
    let gathered = gather(clicks);
    let mut done = ChunkImported::default();
    // Also of no clicks, if only to keep how far the log was read.
    let mut parts: Vec<Range<usize>> = iter::once(0..gathered.len()).collect();
    while let Some(part) = parts.pop() {
        let is_last = parts.is_empty() && done.refused.is_empty();
        let given = &gathered[part.clone()];
        match turn(store, given, record.filter(|_| is_last)).await {
            Ok(turn) => {
                done.imported = done.imported.and(turn.imported);
                let taken = given[..turn.taken].iter().map(|it| it.again);
                done.imported = taken.fold(done.imported, Imported::and);
                push(&mut parts, part.start + turn.taken..part.end);
            }
            Err(error) if error.is_about_a_row() && given.len() > 1 => {
                let middle = part.start + part.len() / 2;
                push(&mut parts, middle..part.end);
                push(&mut parts, part.start..middle);
            }
            Err(error) if error.is_about_a_row() && given.len() == 1 => {
                done.refused.push((given[0].click.clickid.clone(), error));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

async fn turn(
    store: &Store,
    clicks: &[Gathered<'_>],
    record: Option<&ImportRecord>,
) -> Result<Turn, StoreError> {
    for _ in 1..TRIES {
        match store.import_turn(clicks, record).await {
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(TRY_AGAIN_AFTER).await,
            done => return done,
        }
    }
    store.import_turn(clicks, record).await
}

fn push(parts: &mut Vec<Range<usize>>, part: Range<usize>) {
    if !part.is_empty() {
        parts.push(part);
    }
}

/// Each click once, sorted by clickid: neighbours go to the same pages, and several importers never
/// wait for each other in a circle.
fn gather(clicks: &[Click]) -> Vec<Gathered<'_>> {
    let mut sorted: Vec<&Click> = clicks.iter().collect();
    // Stable: of two lines about one click, the later one wins.
    sorted.sort_by(|one, other| one.clickid.cmp(&other.clickid));
    let mut gathered: Vec<Gathered<'_>> = Vec::with_capacity(sorted.len());
    for click in sorted {
        match gathered.last_mut() {
            Some(last) if last.click.clickid == click.clickid => last.add(click),
            _ => gathered.push(Gathered {
                click: Cow::Borrowed(click),
                again: Imported::default(),
            }),
        }
    }
    gathered
}

impl Gathered<'_> {
    fn add(&mut self, later: &Click) {
        let is_changed = self.click.to_mut().fill_in(later);
        self.again.filled_in += u64::from(is_changed);
        self.again.known += u64::from(!is_changed);
    }
}
