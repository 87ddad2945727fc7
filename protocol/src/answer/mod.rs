//! The JSON both sides answer with.
//!
//! A delivery that is recorded gets a [`Verdict`] in an [`Acceptance`]. Everything else is one
//! [`Refusal`], with one status and one stable code, whichever side says it. Strangers learn
//! nothing from 401 and 403: each has one message, whatever the cause.

mod refusal;
mod verdict;

#[cfg(feature = "schema")]
pub(crate) use refusal::RefusalBody;
pub use refusal::{ALLOW, Refusal};
#[cfg(feature = "schema")]
pub(crate) use verdict::AcceptanceBody;
pub use verdict::{Acceptance, Verdict};

/// Plain structs of texts always serialise; were one ever not to, the answer still is JSON.
fn json(body: &impl serde::Serialize) -> String {
    serde_json::to_string(body).unwrap_or_else(|_| r#"{"ok":false,"error":"internal"}"#.to_owned())
}
