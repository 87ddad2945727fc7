//! Content without a transaction id or a timestamp: a retry and a second event look alike.

use postern_protocol::event::Status;
use postern_protocol::time::UnixSeconds;

use super::snapshot::{Conversion, ConversionKey, Snapshot};
use super::transition::follows;

/// How long the same content without a transaction id or timestamp is suspected to be a retry.
///
/// Senders give up retrying within a day; and a player who tops up the same amount each day is
/// nothing to bother a person with.
pub const SUSPECT_WINDOW_SECONDS: i64 = 86_400;

/// What a report of such content is about.
pub(super) enum About {
    /// A conversion of its own.
    Another,
    /// A conversion of its own, or the opening of the latest one, sent again.
    PerhapsAnother,
    /// This conversion.
    Known(Conversion),
    /// The next step of this conversion, or that of one before it, sent again.
    PerhapsNextOf(Conversion),
}

/// What a report with this status is about, where `latest` is the last conversion under the key.
pub(super) fn about(
    snapshot: &Snapshot,
    key: &ConversionKey,
    latest: Conversion,
    reported: Status,
    received_at: UnixSeconds,
) -> About {
    // Of several that wait for this step the first is it: the later ones may be retries.
    let waits = |it: &&Conversion| follows(it.state.status, reported);
    let has_just_moved = |it: &&Conversion| {
        let is_recent = it.changed_at.is_some() && !is_past_window(it, received_at);
        it.state.status == reported && is_recent
    };
    let waiting = snapshot.alike(key).find(waits).cloned();
    let moved = snapshot.alike(key).find(has_just_moved).cloned();
    match (waiting, moved) {
        // Money must not move twice by one report that came twice.
        (Some(waiting), Some(_)) => About::PerhapsNextOf(waiting),
        (Some(waiting), None) => About::Known(waiting),
        // Nothing opens as rejected while something was just rejected that it can be about.
        (None, Some(moved)) if reported == Status::Rejected => About::Known(moved),
        (None, _) if is_past_window(&latest, received_at) => About::Another,
        (None, _) if latest.state.status == reported => About::PerhapsAnother,
        (None, _) => About::Known(latest),
    }
}

fn is_past_window(conversion: &Conversion, received_at: UnixSeconds) -> bool {
    received_at.0.saturating_sub(conversion.touched_at().0) >= SUSPECT_WINDOW_SECONDS
}
