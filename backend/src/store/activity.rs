//! How busy the log is: live deliveries by minute, and when each partner was last heard of; who only
//! tries things out is silent. For people who watch, so every question has a bound, however many deliveries there are.

use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::list::lowest_id;
use super::reads::Reads;
use super::row::Cells;
use super::statement::{Argument, Statement};
use super::{Store, StoreError};

/// Seconds of a minute.
const MINUTE: i64 = 60;

/// Deliveries that are counted by minute at most, the newest first.
pub const COUNTED_MAX: u32 = 50_000;

/// The deliveries of the last minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Minutes {
    /// How many of a partner came in a minute; a minute without any has none.
    pub counts: Vec<MinuteCount>,
    /// There were more than [`COUNTED_MAX`]: what came before this was not counted.
    pub counted_since: Option<UnixSeconds>,
}

/// How many deliveries of a partner came in a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinuteCount {
    /// Who sent them.
    pub partner: String,
    /// Minutes since 1970.
    pub minute: i64,
    /// How many.
    pub deliveries: u64,
    oldest: UnixSeconds,
}

/// What counts as a partner that used to post: more than so many in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// The first moment of the time.
    pub from: UnixSeconds,
    /// The first moment after it.
    pub until: UnixSeconds,
    /// Counting ends here.
    pub up_to: u32,
}

/// When a partner was last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastHeard {
    /// The partner.
    pub partner: String,
    /// Its newest delivery, if any is kept.
    pub last_at: Option<UnixSeconds>,
    /// How many it sent in the time asked for, up to the bound.
    pub used: u64,
}

impl Store {
    /// The deliveries since a moment, by partner and minute.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn minutes(&self, since: UnixSeconds) -> Result<Minutes, StoreError> {
        let asked = minutes(since, COUNTED_MAX);
        let counts = match self {
            Self::Sqlite(store) => store.reader().await?.all(asked, count).await?,
            Self::Postgres(store) => store.reader().await?.all(asked, count).await?,
        };
        Ok(Minutes::of(counts, COUNTED_MAX))
    }

    /// When each of these partners was last heard of, and how many it sent in a time before.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn last_heard(
        &self,
        partners: &[PartnerId],
        used: Used,
    ) -> Result<Vec<LastHeard>, StoreError> {
        if partners.is_empty() {
            return Ok(Vec::new());
        }
        let asked = last_heard(partners, used);
        match self {
            Self::Sqlite(store) => store.reader().await?.all(asked, heard).await,
            Self::Postgres(store) => store.reader().await?.all(asked, heard).await,
        }
    }
}

impl Minutes {
    fn of(counts: Vec<MinuteCount>, most: u32) -> Self {
        let all: u64 = counts.iter().map(|it| it.deliveries).sum();
        let is_cut = all >= u64::from(most);
        let oldest = counts.iter().map(|it| it.oldest).min();
        Self {
            counted_since: oldest.filter(|_| is_cut),
            counts,
        }
    }
}

pub(super) fn minutes(since: UnixSeconds, most: u32) -> Statement {
    let mut statement = Statement::new(format!(
        "SELECT partner, received_at / {MINUTE} AS minute, count(*) AS deliveries, \
         min(received_at) AS oldest FROM (SELECT partner, received_at FROM deliveries \
         WHERE test IS NULL AND id >= "
    ));
    statement
        .bind(Argument::Id(lowest_id(since)))
        .push(" ORDER BY id DESC LIMIT ")
        .bind(Argument::Number(most.into()))
        .push(") AS newest");
    statement.grouped_all(2);
    statement
}

/// Two looks into the index for each partner, in one statement.
pub(super) fn last_heard(partners: &[PartnerId], used: Used) -> Statement {
    let mut statement = Statement::new("WITH p (partner) AS (VALUES ");
    for (place, partner) in partners.iter().enumerate() {
        statement
            .push(if place == 0 { "(" } else { ", (" })
            .bind(Argument::Text(partner.to_string()))
            .push(")");
    }
    statement
        .push(
            ") SELECT p.partner, (SELECT d.id FROM deliveries AS d WHERE d.partner = p.partner \
             AND d.test IS NULL ORDER BY d.id DESC LIMIT 1) AS last, (SELECT count(*) FROM (SELECT 1 FROM deliveries \
             AS d WHERE d.partner = p.partner AND d.test IS NULL AND d.id >= ",
        )
        .bind(Argument::Id(lowest_id(used.from)))
        .push(" AND d.id < ")
        .bind(Argument::Id(lowest_id(used.until)))
        .push(" LIMIT ")
        .bind(Argument::Number(used.up_to.into()))
        .push(") AS few) AS used FROM p ORDER BY p.partner");
    statement
}

fn count(row: &impl Cells) -> Result<MinuteCount, StoreError> {
    Ok(MinuteCount {
        partner: row.owned("partner")?,
        minute: row.number("minute")?,
        deliveries: row.number("deliveries")?.unsigned_abs(),
        oldest: row.seconds("oldest")?,
    })
}

fn heard(row: &impl Cells) -> Result<LastHeard, StoreError> {
    let last: Option<Uuid> = row.id_or_null("last")?;
    let at = last.and_then(|id| id.get_timestamp());
    Ok(LastHeard {
        partner: row.owned("partner")?,
        last_at: at.map(|at| UnixSeconds(at.to_unix().0.cast_signed())),
        used: row.number("used")?.unsigned_abs(),
    })
}
