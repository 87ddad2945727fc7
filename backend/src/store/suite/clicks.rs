//! The click log.

use crate::ledger::FlagReason;
use crate::store::Imported;
use crate::store::place::{Kind, on_every_store};
use crate::testing::{click, delivery, delivery_of};

use super::tell;

on_every_store! {
    clicks_are_counted_and_filled_in,
}

async fn clicks_are_counted_and_filled_in(kind: Kind) {
    let (_place, store) = kind.store().await;
    let first = [click("a", None), click("b", Some("acme"))];
    assert_eq!(
        store.import_clicks(&first).await.unwrap(),
        Imported { new: 2, known: 0 }
    );
    // The same click twice in one import is one click.
    let again = [
        click("a", Some("rival")),
        click("b", None),
        click("c", None),
        click("c", None),
    ];
    assert_eq!(
        store.import_clicks(&again).await.unwrap(),
        Imported { new: 1, known: 3 }
    );

    let entries = tell(
        &store,
        &[&[
            delivery(0, "lead approved clickid=a"),
            delivery(1, "lead approved clickid=b"),
            delivery_of("rival", 2, "lead approved clickid=b"),
        ]],
    )
    .await;
    let flags: Vec<_> = entries.iter().map(|entry| entry.flags.clone()).collect();
    assert_eq!(
        flags,
        [
            vec![FlagReason::ForeignClick],
            vec![],
            vec![FlagReason::ForeignClick]
        ]
    );
}
