//! The keys of what is stored, made ready in chunks on a thread of their own while the last chunk is stored.

use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use postern::agreement::Agreement;
use postern::delivery::Delivery;
use postern_protocol::time::UnixSeconds;
use uuid::{NoContext, Timestamp, Uuid};

use crate::backend::deliveries::{RECEIVED_AT, of_click, spread};

/// Conversions stored in one transaction.
const CHUNK: usize = 20_000;
/// Chunks that may wait.
const AHEAD: usize = 2;
/// How many are received each second, in the time that what is stored tells of.
const A_SECOND: usize = 20;

/// Conversions to store.
pub(in crate::growth) struct Chunk {
    /// The number of the first one.
    pub(super) first: usize,
    pub(super) clickids: Vec<String>,
    pub(super) ids: Vec<Uuid>,
    pub(super) fingerprints: Vec<Vec<u8>>,
    pub(super) received_at: Vec<i64>,
}

/// Makes the keys of stored conversions, of which there will be so many.
#[derive(Clone)]
pub(super) struct Keys {
    most: usize,
    agreement: Arc<Agreement>,
}

impl Keys {
    pub(super) const fn new(most: usize, agreement: Arc<Agreement>) -> Self {
        Self { most, agreement }
    }

    /// The number in the click of a stored conversion.
    pub(super) const fn click(&self, number: usize) -> usize {
        spread(number, self.most)
    }

    /// The delivery that a stored conversion would have come by. Ids and times rise with the numbers.
    pub(super) fn delivery(&self, number: usize) -> Result<Delivery, String> {
        let seconds = RECEIVED_AT.0 + (number / A_SECOND).cast_signed() as i64;
        let nanos = u32::try_from(number % A_SECOND).unwrap_or(0) * 50_000_000;
        let since_epoch = u64::try_from(seconds).map_err(|error| error.to_string())?;
        let id = Uuid::new_v7(Timestamp::from_unix(NoContext, since_epoch, nanos));
        // The random part is by the number, so that the same conversion has the same id again.
        let mut bytes = *id.as_bytes();
        bytes[8] = 0x80;
        bytes[9] = 0;
        bytes[10..].copy_from_slice(&(number as u64).to_be_bytes()[2..]);
        bytes[6] = 0x70;
        bytes[7] = 0;
        let id = Uuid::from_bytes(bytes);
        of_click(
            self.click(number),
            id,
            UnixSeconds(seconds),
            &self.agreement,
        )
    }

    /// All keys of a range, chunk by chunk.
    pub(super) fn chunks(&self, range: Range<usize>) -> Receiver<Result<Chunk, String>> {
        let (ready, chunks) = sync_channel(AHEAD);
        let keys = self.clone();
        std::thread::spawn(move || {
            for first in range.clone().step_by(CHUNK) {
                let chunk = keys.chunk(first..(first + CHUNK).min(range.end));
                if ready.send(chunk).is_err() {
                    return; // Whoever asked has given up.
                }
            }
        });
        chunks
    }

    fn chunk(&self, range: Range<usize>) -> Result<Chunk, String> {
        let mut chunk = Chunk {
            first: range.start,
            clickids: Vec::with_capacity(range.len()),
            ids: Vec::with_capacity(range.len()),
            fingerprints: Vec::with_capacity(range.len()),
            received_at: Vec::with_capacity(range.len()),
        };
        for number in range {
            let delivery = self.delivery(number)?;
            chunk.clickids.push(delivery.clickid);
            chunk.ids.push(delivery.id);
            chunk.fingerprints.push(delivery.fingerprint.0.to_vec());
            chunk.received_at.push(delivery.received_at.0);
        }
        Ok(chunk)
    }
}
