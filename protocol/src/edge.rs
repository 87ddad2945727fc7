//! What the gate must know: the proof token, the limits, and of each partner its secrets,
//! networks and rate. Nothing of money.

use ipnet::IpNet;

use crate::id::PartnerId;
use crate::proof::ProofToken;
use crate::sign::{FormSet, Keyring};

/// A rate as a token bucket: `tokens` per `per_seconds`, at most `burst` at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many tokens come in `per_seconds`; at least 1.
    pub tokens: u32,
    /// In how many seconds; at least 1.
    pub per_seconds: u32,
    /// How many may be taken at once; at least 1.
    pub burst: u32,
}

/// The gate's configuration; every value is valid.
#[derive(Debug, Clone)]
pub struct EdgeConfig {
    /// The token that goes to the backend.
    pub proof: ProofToken,
    /// The largest body.
    pub max_body_bytes: u32,
    /// Over how many gates each partner's rate is spread; at least 1.
    pub replicas: u32,
    /// The bucket of refusals per address.
    pub failure_throttle: Rate,
    /// Every partner, ids unique.
    pub partners: Vec<EdgePartner>,
}

/// What the gate must know of one partner.
#[derive(Debug, Clone)]
pub struct EdgePartner {
    /// Its id.
    pub id: PartnerId,
    /// Its secrets; at least one.
    pub keys: Keyring,
    /// The networks it may call from; at least one.
    pub networks: Vec<IpNet>,
    /// Its bucket, before it is spread over replicas.
    pub rate: Rate,
    /// The forms it may sign in.
    pub forms: FormSet,
    /// How far its signed time may be from the clock here.
    pub clock_tolerance_seconds: u32,
}
