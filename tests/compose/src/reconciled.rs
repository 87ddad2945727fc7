//! After something broke under load: the sender's own list against the ledger.

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
pub async fn assert_reconciled(project: &Project, what: &str, run: &str, seen: Seen, at_most: f64) {
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
    // A sender repeats all it has no 200 for; those with one are answered as the first time.
    let again = load(project, run);
    for _ in 0..=seen.acknowledged.len() / SOME {
        again.acknowledges(SOME).await;
    }
    let again = again.stop().await;
    assert!(
        again.refused.is_empty() && again.broken.is_empty(),
        "all is well again"
    );

    let ledger = project.ledger().await;
    ledger.holds(&seen.acknowledged).await;
    ledger.holds(&again.acknowledged).await;
    assert_eq!(
        ledger.conversions().await,
        ledger.converted_clicks().await,
        "booked twice"
    );
    assert!(
        share <= at_most,
        "{what}: {:.2} % saw an error",
        share * 100.0
    );
}
