//! A click that has arrived: it answers the flags that were raised only because it was not there.

use postern_protocol::time::UnixSeconds;
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use super::click::Claim;
use super::decision::{CLICK_LOG, Outcome, Signature};
use super::flag_id::FlagId;
use super::ruling::{Flag, Raised, Ruling};
use super::snapshot::Snapshot;
use crate::agreement::Agreements;

/// What the history says of a flag whose click has arrived.
const NOTE: &str = "the click has arrived";

/// Closes a flag for an unknown click and lets the snapshot know, which holds the flag's conversion
/// and the click. What could not be checked without the click is checked now. `None` where the click
/// is not there after all, or where nobody knows what was agreed with the partner: the flag waits.
pub fn heal(
    snapshot: &mut Snapshot,
    flag: &Flag,
    agreements: &Agreements,
    now: UnixSeconds,
) -> Option<Ruling> {
    let conversion = snapshot.conversion(flag.conversion)?;
    let click = snapshot.click(&conversion.key.clickid)?;
    let agreement = agreements.get(&conversion.key.partner)?;
    let claim = Claim {
        partner: &conversion.key.partner,
        kind: conversion.kind,
        occurred_at: conversion.occurred_at,
        attribution_seconds: agreement.attribution_seconds,
    };
    let raise = |reason| Raised {
        conversion: conversion.id,
        reason,
        revision: conversion.revision,
    };
    let raises: Vec<Raised> = claim.objections(Some(click)).map(raise).collect();
    let left = conversion.blocking_flags.saturating_sub(1) + raises.len() as u32;
    snapshot.conversion_mut(flag.conversion)?.block(left);
    let mut ruling = Ruling {
        raises,
        ..Ruling::new(signature(flag.id, now), flag, Outcome::Healed)
    };
    ruling.settle(snapshot, Some(agreement));
    Some(ruling)
}

fn signature(flag: FlagId, now: UnixSeconds) -> Signature {
    Signature {
        id: decision_id(flag, now),
        at: now,
        by: CLICK_LOG.to_owned(),
        note: NOTE.to_owned(),
    }
}

/// A UUIDv7 of this moment whose random part is made of the flag: nobody need be asked for a random
/// number, and as a flag is healed once, no two decisions share it.
fn decision_id(flag: FlagId, now: UnixSeconds) -> Uuid {
    let digest = Sha256::digest(flag.to_string());
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let millis = u64::try_from(now.0).unwrap_or(0).saturating_mul(1_000);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
