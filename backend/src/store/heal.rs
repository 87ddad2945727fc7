//! Heals what was flagged for want of clicks: a few clicks in each transaction, and without the rows
//! that a store cannot make sense of.

use std::iter;
use std::ops::Range;

use postern_protocol::time::UnixSeconds;

use super::{Store, StoreError};
use crate::agreement::Agreements;

/// Clicks healed in one transaction, so that bookings never wait for long.
pub(super) const HEAL_CLICKS: usize = 500;

/// Heals the flags of these clicks, which all have some. A click whose rows are at fault is logged
/// and left for somebody to look at; those behind it are healed all the same.
pub(super) async fn heal(
    store: &Store,
    clickids: &[&str],
    agreements: &Agreements,
    now: UnixSeconds,
) -> Result<u64, StoreError> {
    let mut healed = 0;
    for clickids in clickids.chunks(HEAL_CLICKS) {
        let mut parts: Vec<Range<usize>> = iter::once(0..clickids.len()).collect();
        while let Some(part) = parts.pop() {
            match store
                .heal_some(&clickids[part.clone()], agreements, now)
                .await
            {
                Ok(some) => healed += some,
                Err(error) if error.is_about_a_row() && part.len() > 1 => {
                    let middle = part.start + part.len() / 2;
                    parts.extend([middle..part.end, part.start..middle]);
                }
                Err(error) if error.is_about_a_row() => {
                    let clickid = clickids[part.start];
                    tracing::error!(clickid, %error, "the flags of a click that has arrived cannot be healed");
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(healed)
}
