//! An import: what one side reads and parses, the other stores, chunk by chunk.
//!
//! The reading has a thread of its own, so that parsing and storing overlap. Few chunks wait between
//! the two: a slow store slows the reading down, and through it whoever sends.

use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::mpsc;

use super::log::{Chunk, ClickLog, Header, LogError, Refused};
use crate::agreement::Agreements;
use crate::clock::Clock;
use crate::store::{ImportRecord, Imported, Store, StoreError};

/// Chunks that are parsed and wait for the store, while one is stored and one is parsed.
const WAITING_CHUNKS: usize = 1;

/// Bytes asked of the input at once.
const READ_BYTES: usize = 1 << 16;

/// What the reading hands over: a chunk, `None` at the log's end, or why it ends before.
type Piece = Result<Option<Chunk>, LogError>;

/// Why an import ended early. What was imported stays.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The thread that reads is gone, which only a defect can do.
    #[error("the reading of the click log stopped unexpectedly; import it again and report this")]
    ReaderStopped,
}

/// What an import did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// What became of the clicks.
    pub imported: Imported,
    /// Clicks that an earlier run of the same import brought in.
    pub before: u64,
    /// Flags it closed that were raised only because their click was not there.
    pub healed: u64,
    /// Lines that were refused.
    pub refused: u64,
    /// How far the log is read.
    pub bytes: u64,
}

/// One chunk's part of an import.
#[derive(Debug)]
pub struct Step {
    /// A CSV's header, with the first step.
    pub header: Option<Header>,
    /// The lines of this chunk that were refused, in their order.
    pub refused: Vec<Refused>,
    /// The whole import up to here.
    pub report: Report,
}

/// An import under way.
pub struct Import {
    store: Store,
    agreements: Arc<Agreements>,
    clock: Clock,
    name: Option<String>,
    chunks: mpsc::Receiver<Piece>,
    /// A line was refused by the store: behind it nothing counts as done, so that the next run
    /// tries it again.
    is_held_up: bool,
    report: Report,
}

impl Import {
    /// Begins to read `input`. With a name, how far it came is kept under it. What its clicks heal
    /// is settled by the agreements.
    ///
    /// Must be called within a runtime, which lends the thread that reads.
    pub fn begin(
        store: Store,
        agreements: Arc<Agreements>,
        clock: Clock,
        name: Option<String>,
        log: ClickLog,
        input: impl Read + Send + 'static,
    ) -> Self {
        let (sender, chunks) = mpsc::channel(WAITING_CHUNKS);
        // It ends with the input, or when nobody waits for chunks any more.
        tokio::task::spawn_blocking(move || read(input, log, &sender));
        Self {
            store,
            agreements,
            clock,
            name,
            chunks,
            is_held_up: false,
            report: Report::default(),
        }
    }

    /// Imports the next chunk. `None`: all of it is imported.
    ///
    /// # Errors
    /// The log cannot be read on, or the store does not answer.
    pub async fn step(&mut self) -> Result<Option<Step>, ImportError> {
        let piece = self.chunks.recv().await;
        let Some(mut chunk) = piece.ok_or(ImportError::ReaderStopped)?? else {
            return Ok(None);
        };
        let record = self.record(&chunk);
        let done = self
            .store
            .import_chunk(&chunk.clicks, record.as_ref())
            .await?;
        self.report.healed += self.heal(&chunk).await?;
        self.is_held_up |= !done.refused.is_empty();
        let mut refused = std::mem::take(&mut chunk.refused);
        refused.extend(refused_by_store(&chunk, done.refused));
        refused.sort_by_key(|refused| refused.line);
        self.report.imported = self.report.imported.and(done.imported);
        self.report.before += chunk.before;
        self.report.refused += refused.len() as u64;
        self.report.bytes = chunk.mark.bytes;
        Ok(Some(Step {
            header: chunk.header,
            refused,
            report: self.report,
        }))
    }

    async fn heal(&self, chunk: &Chunk) -> Result<u64, StoreError> {
        let clickids: Vec<&str> = chunk.clicks.iter().map(|click| &*click.clickid).collect();
        let now = self.clock.unix_seconds();
        self.store.heal(&clickids, &self.agreements, now).await
    }

    fn record(&self, chunk: &Chunk) -> Option<ImportRecord> {
        let is_wanted = !self.is_held_up && !chunk.is_behind;
        Some(ImportRecord {
            name: self.name.clone().filter(|_| is_wanted)?,
            mark: chunk.mark.clone(),
            imported_at: self.clock.unix_seconds(),
        })
    }
}

/// Each line about a click that the store refused.
fn refused_by_store(chunk: &Chunk, refused: Vec<(String, StoreError)>) -> Vec<Refused> {
    let reasons: HashMap<String, StoreError> = refused.into_iter().collect();
    if reasons.is_empty() {
        return Vec::new();
    }
    let lines = chunk.clicks.iter().enumerate();
    lines
        .filter_map(|(at, click)| {
            let reason = reasons.get(&click.clickid)?;
            Some(chunk.refuse(at, reason.to_string()))
        })
        .collect()
}

/// Reads to the end, or until nobody takes the chunks any more.
fn read(input: impl Read, log: ClickLog, chunks: &mpsc::Sender<Piece>) {
    let end = hand_over(input, log, chunks).map(|()| None);
    // Whoever has gone needs no end.
    let _ = chunks.blocking_send(end);
}

fn hand_over(
    mut input: impl Read,
    mut log: ClickLog,
    chunks: &mpsc::Sender<Piece>,
) -> Result<(), LogError> {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let read = match input.read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            if let Some(last) = log.end()? {
                is_taken(last, chunks);
            }
            return Ok(());
        }
        let chunk = log.push(&buffer[..read])?;
        if chunk.is_some_and(|chunk| !is_taken(chunk, chunks)) {
            return Ok(());
        }
    }
}

/// Hands a chunk over. Nobody may be there any more to take it.
fn is_taken(chunk: Chunk, chunks: &mpsc::Sender<Piece>) -> bool {
    chunks.blocking_send(Ok(Some(chunk))).is_ok()
}
