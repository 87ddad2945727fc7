//! What waits in a file of the first schema is decided, and what it holds earns from now on.

use postern_protocol::id::PartnerId;
use uuid::Uuid;

use super::{OF_0001, old_file};
use crate::delivery::Delivery;
use crate::ledger::stories::money;
use crate::ledger::{Answer, Decision, FlagId, FlagReason, Ruling};
use crate::store::{ReviewError, Store};
use crate::testing::{START, admission};

/// Approves the flag that was raised for this reason.
async fn approve(store: &Store, reason: FlagReason) -> Result<Ruling, ReviewError> {
    let flags = store.flags("known").await.unwrap();
    let flag = flags.iter().find(|flag| flag.reason == reason).unwrap();
    let flag = FlagId {
        delivery: flag.delivery,
        reason,
    };
    let agreements = admission(&["acme", "rival"]).agreements;
    let shown = store.preview(flag, &agreements, START).await?;
    let decision = Decision::new(flag, Answer::Approve, "Ada", "").unwrap();
    let decided = store
        .review(&decision, &agreements, Uuid::now_v7(), START)
        .await;
    assert!(decided.is_err() || shown.flag.reported.is_some());
    decided
}

/// Its flags do not hold what was reported, but the requests are there.
#[tokio::test]
async fn the_flags_of_an_old_file_are_decided_by_their_requests() {
    let folder = old_file(OF_0001).await;
    let store = Store::open(&folder.url()).await.unwrap();
    let booked = approve(&store, FlagReason::DoubleFtd).await.unwrap();
    let event = booked.opens.unwrap().event;
    assert_eq!(event.kind.name(), "redeposit");
    assert_eq!(event.money.unwrap().to_string(), "80.00 USD");
    for (reason, moved_to) in [
        (FlagReason::CurrencyChanged, "50.00 EUR"),
        (FlagReason::Reapproved, ""),
    ] {
        let ruling = approve(&store, reason).await.unwrap();
        let to = ruling.moves.unwrap().change.to;
        assert_eq!(to.status.name(), "approved");
        assert_eq!(
            to.money.map_or(String::new(), |it| it.to_string()),
            moved_to
        );
    }
}

#[tokio::test]
async fn a_flag_whose_request_was_removed_says_what_to_do() {
    let folder = old_file(OF_0001).await;
    let store = Store::open(&folder.url()).await.unwrap();
    folder.run("DELETE FROM deliveries").await;
    let refused = approve(&store, FlagReason::DoubleFtd).await.unwrap_err();
    let refused = refused.to_string();
    assert!(
        refused.contains("is not kept any more; reject the flag"),
        "{refused}"
    );
}

/// Nobody can say what was paid before the ledger kept money: it books what happens from now on.
#[tokio::test]
async fn a_conversion_of_an_old_file_earns_when_it_next_moves_and_not_before() {
    let folder = old_file(OF_0001).await;
    let acme = PartnerId::parse("acme").unwrap();
    let paying = [(acme, (*money::agreement()).clone())]
        .into_iter()
        .collect();
    let store = Store::open(&folder.url()).await.unwrap();
    store.heal_all(&paying, START).await.unwrap();
    assert_eq!(store.payouts("known").await.unwrap(), []);

    let raised = Delivery {
        agreement: money::agreement(),
        ..crate::testing::delivery(100, "ftd approved 60.00USD transaction_id=A")
    };
    store.book(&[raised]).await.unwrap();
    let earned = store.payouts("known").await.unwrap();
    let earned: Vec<String> = earned.iter().map(|it| it.amount.to_string()).collect();
    assert_eq!(
        earned,
        ["150.00 USD", "15.00 USD"],
        "all of it, by its day's terms"
    );
}
