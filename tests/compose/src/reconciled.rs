//! After something broke under load: the sender's own list against the ledger.

use std::collections::{BTreeSet, HashMap};

use postern_tests::load::{Load, Seen};

use crate::project::Project;

/// Connections of one load.
pub const SENDERS: usize = 8;
/// Deliveries that must come through before something breaks, and after.
pub const SOME: usize = 200;

/// A load over HTTPS through the published port.
#[must_use]
pub fn load(project: &Project, run: &str) -> Load {
    Load::start_tls(project.https_addr(), &project.certificate(), SENDERS, run)
}

/// Claims that nothing acknowledged is lost and nothing is there twice, also after the sender has sent
/// again what got no 200; and that no larger share of its tries than `at_most` saw an error, which is
/// printed.
///
/// # Panics
/// When it is not so.
pub async fn assert_reconciled(project: &Project, what: &str, seen: Seen, at_most: f64) {
    let share = seen.share_of_errors();
    println!(
        "{what}: {} acknowledged, {} refused, {} broken, {} not connected: {:.2} % saw an error",
        seen.acknowledged.len(),
        seen.refused.len(),
        seen.broken.len(),
        seen.unreachable,
        share * 100.0,
    );
    for answer in &seen.refused {
        answer.refused(503, "unavailable");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    let again = repeated(project, &seen).await;
    assert_answered_as_before(&seen.acknowledged, &again.acknowledged);

    let ledger = project.ledger().await;
    ledger.holds(&seen.acknowledged).await;
    ledger.holds(&again.acknowledged).await;
    let one = &seen.acknowledged[seen.acknowledged.len() / 2];
    ledger.would_miss(one, &seen.acknowledged).await;
    let tried = seen.tried();
    assert_eq!(
        ledger.conversions_of(&tried).await,
        tried.len(),
        "each that was tried is booked once, no matter how often"
    );
    assert!(
        share <= at_most,
        "{what}: {:.2} % saw an error",
        share * 100.0
    );
}

/// A sender repeats all it has tried: what it has no 200 for, as it must, and what it has one for as well.
/// Now each gets one.
async fn repeated(project: &Project, seen: &Seen) -> Seen {
    let tried = seen.tried();
    let (to, certificate) = (project.https_addr(), project.certificate());
    let again = Load::repeat_tls(to, &certificate, SENDERS, tried.clone()).await;
    again.is_all_acknowledged();
    let now: BTreeSet<&String> = again
        .acknowledged
        .iter()
        .map(|(clickid, _)| clickid)
        .collect();
    let not_repeated = tried.iter().filter(|clickid| !now.contains(clickid));
    assert_eq!(
        not_repeated.collect::<Vec<_>>(),
        [""; 0],
        "got no 200 again"
    );
    again
}

/// Whoever was acknowledged before is answered with the same delivery.
fn assert_answered_as_before(before: &[(String, String)], again: &[(String, String)]) {
    let known: HashMap<_, _> = before.iter().cloned().collect();
    let other: Vec<_> = again
        .iter()
        .filter(|(clickid, id)| known.get(clickid).is_some_and(|first| first != id))
        .collect();
    assert!(other.is_empty(), "booked twice: {other:?}");
}
