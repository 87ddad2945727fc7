//! The one table from what went wrong to what the sender is told.

use postern_protocol::answer::Refusal;

use crate::delivery::Misread;
use crate::writer::NotRecorded;

/// Why a request was not recorded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It did not come through the edge.
    NoProof,
    /// The edge knows this partner, the backend does not (yet).
    PartnerUnknownHere,
    /// The method, the media type or the size is not taken.
    ByProtocol(Refusal),
    /// The connection ended within the body.
    BodyBrokenOff,
    /// It cannot be read.
    Misread(Misread),
    /// It could not be made durable.
    NotRecorded(NotRecorded),
}

impl Refused {
    /// What the sender is told.
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::NoProof => Refusal::Unauthorized,
            Self::ByProtocol(refusal) => refusal.clone(),
            Self::Misread(Misread::Unreadable(cause)) => Refusal::Unreadable(cause.clone()),
            Self::Misread(Misread::OtherSource) => Refusal::SourceConflict,
            Self::PartnerUnknownHere | Self::BodyBrokenOff | Self::NotRecorded(_) => {
                Refusal::Unavailable
            }
        }
    }

    /// What the metrics count it as. It tells apart what the sender need not know.
    pub(super) fn cause(&self) -> &'static str {
        match self {
            Self::NoProof => "no_proof",
            Self::PartnerUnknownHere => "partner_unknown_here",
            Self::ByProtocol(refusal) => refusal.code(),
            Self::BodyBrokenOff => "body_broken_off",
            Self::Misread(Misread::Unreadable(_)) => "unreadable",
            Self::Misread(Misread::OtherSource) => "source_conflict",
            Self::NotRecorded(NotRecorded::QueueFull) => "queue_full",
            Self::NotRecorded(NotRecorded::Stopping) => "stopping",
            Self::NotRecorded(NotRecorded::StoreAway) => "store_away",
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
