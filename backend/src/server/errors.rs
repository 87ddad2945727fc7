//! The one table from what went wrong to what the sender is told.

use postern_protocol::answer::Refusal;
use postern_protocol::proof::ProofRefused;

use super::trace::Ids;
use crate::delivery::Misread;
use crate::writer::NotRecorded;

/// Why a request was not recorded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It did not come through the edge.
    NoProof,
    /// Its token is good, but what the edge says with it cannot be read.
    ProofUnreadable,
    /// The edge knows this partner, the backend does not (yet).
    PartnerUnknownHere,
    /// The method, the media type or the size is not taken, though the edge has let it through.
    ByProtocol(Refusal),
    /// The connection ended within the body.
    BodyBrokenOff,
    /// It cannot be read, though the edge has read it.
    Misread(Misread),
    /// It could not be made durable.
    NotRecorded(NotRecorded),
}

impl Refused {
    /// What the sender is told. What the edge has verified is no fault of the sender's, and many
    /// senders give a delivery up at the first 4xx: so it is asked to try again.
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::NoProof => Refusal::Unauthorized,
            _ => Refusal::Unavailable,
        }
    }

    /// Tells the operator of what only an operator can put right. Nothing a sender wrote is logged.
    pub(super) fn log(&self, ids: &Ids) {
        let cause = self.cause();
        let Ids {
            request_id,
            trace_id,
        } = ids;
        match self {
            Self::NoProof => tracing::warn!(
                request_id,
                trace_id,
                "a request without a valid proof was refused; did it pass the edge by?"
            ),
            Self::ProofUnreadable | Self::ByProtocol(_) | Self::Misread(_) => tracing::error!(
                cause,
                request_id,
                trace_id,
                "a verified request is understood differently here; are edge and backend of one version?"
            ),
            // These pass, and the metrics count them.
            Self::PartnerUnknownHere | Self::BodyBrokenOff | Self::NotRecorded(_) => {}
        }
    }

    /// What the metrics count it as. It tells apart what the sender need not know.
    pub(super) fn cause(&self) -> &'static str {
        match self {
            Self::NoProof => "no_proof",
            Self::ProofUnreadable => "proof_unreadable",
            Self::PartnerUnknownHere => "partner_unknown_here",
            Self::ByProtocol(refusal) => refusal.code(),
            Self::BodyBrokenOff => "body_broken_off",
            Self::Misread(Misread::Unreadable(cause)) => cause.code(),
            Self::Misread(Misread::OtherSource) => "source_conflict",
            Self::NotRecorded(NotRecorded::QueueFull) => "queue_full",
            Self::NotRecorded(NotRecorded::Stopping) => "stopping",
            Self::NotRecorded(NotRecorded::StoreAway) => "store_away",
        }
    }
}

impl From<ProofRefused> for Refused {
    fn from(refused: ProofRefused) -> Self {
        match refused {
            ProofRefused::Token => Self::NoProof,
            ProofRefused::Malformed => Self::ProofUnreadable,
        }
    }
}

impl From<Misread> for Refused {
    fn from(misread: Misread) -> Self {
        Self::Misread(misread)
    }
}

impl From<NotRecorded> for Refused {
    fn from(cause: NotRecorded) -> Self {
        Self::NotRecorded(cause)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use postern_protocol::request::Unreadable;

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(refused: &Refused) -> String {
        let log = Log::default();
        let lines = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || lines.clone())
            .finish();
        let ids = Ids {
            request_id: "r-1".to_owned(),
            trace_id: "t-1".to_owned(),
        };
        tracing::subscriber::with_default(subscriber, || refused.log(&ids));
        let bytes = log.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_the_operator_must_put_right_is_logged_with_cause_and_request() {
        let field = "players-secret".to_owned();
        let nested = Refused::Misread(Misread::Unreadable(Unreadable::NestedValue { field }));
        for (refused, level, cause) in [
            (Refused::ProofUnreadable, "ERROR", "proof_unreadable"),
            (nested, "ERROR", "nested_value"),
            (Refused::NoProof, "WARN", "without a valid proof"),
        ] {
            let line = logged(&refused);
            assert_eq!(line.lines().count(), 1, "{line}");
            for part in [level, cause, "r-1", "t-1"] {
                assert!(line.contains(part), "{part} is missing in: {line}");
            }
            assert!(!line.contains("players-secret"), "{line}");
        }
        assert_eq!(logged(&Refused::NotRecorded(NotRecorded::QueueFull)), "");
    }
}
