//! Review: the queue of flags, one flag with what stands beside it, and its answer.
//!
//! The queue ([`queue`]) leads to a flag ([`case`]). Its form is answered by [`decide`], which lets
//! the store decide and leads back to the flag: that is answered now, and its page ([`answered`])
//! tells from the ledger what the answer changed ([`effects`]). A decision carries what its person
//! has seen; where that has changed meanwhile, the flag is shown anew and nothing is done.

pub(super) mod queue;
pub(super) mod case;
pub(super) mod decide;
mod answered;
mod asked;
mod beside;
mod effects;
mod reason;

use serde::Deserialize;

use super::failure::Failed;
use crate::ledger::FlagId;

pub(super) use asked::PATH;

/// Where one flag is.
pub(super) const FLAG_PATH: &str = "/console/review/{delivery}/{reason}";

/// A flag in a path.
#[derive(Debug, Deserialize)]
pub(in crate::console) struct FlagPath {
    delivery: String,
    reason: String,
}

impl FlagPath {
    fn id(&self) -> Result<FlagId, Failed> {
        let text = format!("{}/{}", self.delivery, self.reason);
        text.parse()
            .map_err(|_| Failed::NotFound(format!("flag {text}")))
    }
}

/// The page of a flag.
pub(super) fn flag_path(flag: FlagId) -> String {
    format!("{PATH}/{flag}")
}
