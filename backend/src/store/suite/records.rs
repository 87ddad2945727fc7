//! What was booked is read back as it was.

use crate::ledger::{FlagReason, Verdict};
use crate::store::Imported;
use crate::store::place::{Kind, on_every_store};
use crate::testing::delivery;

use super::{tell, with_click_log};

on_every_store! {
    what_was_booked_is_there_after_the_store_is_opened_again,
    a_change_keeps_what_was_before,
    each_flag_names_the_delivery_that_raised_it,
    an_invalid_delivery_is_kept_with_what_was_wrong,
    nothing_to_book_is_no_error,
}

async fn what_was_booked_is_there_after_the_store_is_opened_again(kind: Kind) {
    let (place, store) = kind.store().await;
    let deposit = delivery(0, "ftd pending 50.00USD clickid=nobody sub_id_9=x");
    store.book(std::slice::from_ref(&deposit)).await.unwrap();
    store.close().await;

    let store = place.open().await;
    let record = store.delivery(deposit.id).await.unwrap().unwrap();
    assert_eq!(record.clickid, "nobody");
    assert_eq!(record.verdict, Verdict::Flagged);
    assert_eq!(record.conversion, Some(deposit.id));
    assert_eq!(record.query, deposit.query.as_bytes());
    assert_eq!(record.flags.as_deref(), Some(r#"["unknown_click"]"#));
    assert_eq!(record.key_id, "2026-01");
    assert_eq!(record.address, "192.0.2.7");
    assert!(record.warnings.unwrap().contains("sub_id_9"));
    let conversions = store.conversions("nobody").await.unwrap();
    assert_eq!(conversions.len(), 1);
    assert_eq!(conversions[0].money.unwrap().minor(), 5_000);
    assert_eq!(conversions[0].identity, "ftd");
}

async fn a_change_keeps_what_was_before(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let opened = delivery(0, "ftd approved 50USD");
    let raised = delivery(60, "ftd approved 70USD");
    let taken_back = delivery(120, "ftd rejected reason=chargeback amount=70 currency=USD");
    let story = [opened.clone(), raised.clone(), taken_back.clone()];
    tell(&store, &[&story[..2], &story[2..]]).await;

    let changes = store.changes("known").await.unwrap();
    let amounts: Vec<_> = changes
        .iter()
        .map(|it| {
            (
                it.change.from.money.unwrap().minor(),
                it.change.to.money.unwrap().minor(),
            )
        })
        .collect();
    assert_eq!(amounts, [(5_000, 7_000), (7_000, 7_000)]);
    assert_eq!(changes[0].delivery, raised.id);
    assert_eq!(changes[1].reason.as_deref(), Some("chargeback"));
    let conversions = store.conversions("known").await.unwrap();
    assert_eq!(conversions[0].id, opened.id);
    assert_eq!(conversions[0].status.name(), "rejected");
    assert_eq!(conversions[0].changed_at, Some(taken_back.received_at));
}

async fn each_flag_names_the_delivery_that_raised_it(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let first = delivery(0, "ftd approved 50USD transaction_id=A");
    let second = delivery(1, "ftd approved 80USD transaction_id=B");
    tell(&store, &[&[first.clone(), second.clone()]]).await;
    let flags = store.flags("known").await.unwrap();
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].reason, FlagReason::DoubleFtd);
    assert_eq!(
        (flags[0].conversion, flags[0].delivery),
        (first.id, second.id)
    );
}

async fn an_invalid_delivery_is_kept_with_what_was_wrong(kind: Kind) {
    let (_place, store) = kind.store().await;
    let wrong = delivery(0, "ftd maybe 50XXX");
    store.book(std::slice::from_ref(&wrong)).await.unwrap();
    let record = store.delivery(wrong.id).await.unwrap().unwrap();
    assert_eq!(record.verdict, Verdict::Invalid);
    let errors = record.errors.unwrap();
    assert!(
        errors.contains("\"status\"") && errors.contains("\"currency\""),
        "{errors}"
    );
    assert_eq!(store.conversions("known").await.unwrap(), []);
}

async fn nothing_to_book_is_no_error(kind: Kind) {
    let (_place, store) = kind.store().await;
    assert_eq!(store.book(&[]).await.unwrap(), []);
    assert_eq!(store.import_clicks(&[]).await.unwrap(), Imported::default());
}
