//! A click of the traffic log: what conversions are checked against.

use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;

/// One click that was sent to a partner. Only the id is certain; logs differ in the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// The id in the tracking link, as partners send it back.
    pub clickid: String,
    /// To whom the visitor was sent. `None`: the log does not say, so any partner may claim it.
    pub partner: Option<PartnerId>,
    /// When the visitor clicked.
    pub clicked_at: Option<UnixSeconds>,
    /// What the click cost, where it was bought.
    pub cost: Option<Money>,
    /// Two-letter country of the visitor, as logged.
    pub geo: Option<String>,
    /// First sub id of the tracking link.
    pub sub_id_1: Option<String>,
    /// Second sub id of the tracking link.
    pub sub_id_2: Option<String>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Clicks that were not in the log.
    pub new: u64,
    /// Clicks that were.
    pub known: u64,
}
