//! Tests leave their row and nothing else, alike on every store.

mod shown;

use serde_json::Value;
use uuid::Uuid;

use super::{tell, with_click_log};
use crate::delivery::Delivery;
use crate::ledger::stories::money::agreement;
use crate::ledger::{Answer, Decision, FlagId, FlagReason, Verdict};
use crate::report::period::Period;
use crate::sandbox::{MAX_REHEARSED, Rehearsed};
use crate::store::place::{Kind, on_every_store};
use crate::store::{
    Backlog, ConversionFilter, Dimension, FunnelQuery, PayoutQuery, Slice, SourceQuery, Store,
    Stretch, WaitingFilter, WaitingOrder,
};
use crate::testing::{START, admission, delivery, delivery_of};

on_every_store! {
    a_test_leaves_its_row_and_nothing_else,
    no_report_moves_by_a_test,
    live_deliveries_and_tests_never_meet,
    tests_of_a_click_follow_from_each_other,
    a_test_sees_only_its_partners_tests_of_its_click,
    an_invalid_test_is_kept_with_what_was_wrong,
    only_the_latest_tests_are_replayed,
}

const ALL: Slice = Slice {
    after: None,
    limit: 1_000,
};

/// A test of a partner that is paid.
fn test(seconds: i64, words: &str) -> Delivery {
    paid(delivery(seconds, &format!("{words} test=1")))
}

fn paid(delivery: Delivery) -> Delivery {
    Delivery {
        agreement: agreement(),
        ..delivery
    }
}

async fn rehearse(store: &Store, tests: &[Delivery]) -> Vec<(Verdict, Value)> {
    let rehearsed = store.rehearse(tests).await.unwrap();
    assert_eq!(rehearsed.len(), tests.len());
    let told = |it: Rehearsed| {
        assert_eq!(it.entry.conversion, None);
        let outlook = serde_json::from_str(it.outlook.get()).unwrap();
        (it.entry.verdict, outlook)
    };
    rehearsed.into_iter().map(told).collect()
}

async fn verdicts(store: &Store, tests: &[Delivery]) -> Vec<Verdict> {
    let told = rehearse(store, tests).await;
    told.into_iter().map(|(verdict, _)| verdict).collect()
}

async fn a_test_leaves_its_row_and_nothing_else(kind: Kind) {
    let (place, store) = kind.store().await;
    with_click_log(&store).await;
    let told = test(60, "ftd approved 50USD");
    let flagged = test(61, "lead approved clickid=nobody");
    rehearse(&store, &[told.clone(), flagged.clone()]).await;
    store.close().await;

    let store = place.open().await;
    let record = store.delivery(told.id).await.unwrap().unwrap();
    assert_eq!(record.verdict, Verdict::Accepted);
    assert_eq!(record.conversion, None);
    assert_eq!(record.query, told.query.as_bytes());
    let outlook: Value = serde_json::from_str(&record.test.unwrap()).unwrap();
    assert_eq!(
        outlook["earns"][0]["amount"]["amount"], "100.00",
        "{outlook}"
    );
    let record = store.delivery(flagged.id).await.unwrap().unwrap();
    assert_eq!(record.flags.as_deref(), Some(r#"["unknown_click"]"#));

    for clickid in ["known", "nobody"] {
        assert_eq!(store.conversions(clickid).await.unwrap(), []);
        assert_eq!(store.changes(clickid).await.unwrap(), []);
        assert_eq!(store.flags(clickid).await.unwrap(), []);
        assert_eq!(store.payouts(clickid).await.unwrap(), []);
    }
    nothing_waits_for_a_decision(&store, &flagged).await;
}

async fn nothing_waits_for_a_decision(store: &Store, flagged: &Delivery) {
    let (all, oldest) = (WaitingFilter::default(), WaitingOrder::default());
    let waiting = store.waiting(&all, oldest, None, 10).await;
    assert_eq!(waiting.unwrap(), []);
    let by_hand = Decision::new(
        FlagId {
            delivery: flagged.id,
            reason: FlagReason::UnknownClick,
        },
        Answer::Approve,
        "ada",
        "",
    );
    let agreements = admission(&["acme"]).agreements;
    let decided = store
        .review(&by_hand.unwrap(), &agreements, Uuid::nil(), START)
        .await;
    assert!(decided.is_err(), "there is no flag to decide");
}

/// All that reports and those who watch are told.
async fn reports(store: &Store) -> String {
    let period = Period::default();
    let by = vec![Dimension::Partner, Dimension::Day];
    let funnel = FunnelQuery {
        period,
        partner: None,
        by: by.clone(),
        first: None,
    };
    let payouts = PayoutQuery {
        period,
        partner: None,
        by: Stretch::Day,
        now: START,
    };
    let sources = SourceQuery {
        period,
        partner: None,
        by,
        first: None,
        now: START,
    };
    let funnel = store.funnel(&funnel).await.unwrap();
    let payouts = store.payout_sums(&payouts).await.unwrap();
    let sources = store.sources(&sources).await.unwrap();
    let conversions = store
        .list_conversions(&ConversionFilter::default(), ALL)
        .await
        .unwrap();
    let Backlog { flags, .. } = store.backlog().await.unwrap();
    format!("{funnel:?}\n{payouts:?}\n{sources:?}\n{conversions:?}\n{flags:?}")
}

async fn no_report_moves_by_a_test(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let live = [
        paid(delivery(0, "ftd approved 50USD")),
        paid(delivery(1, "lead approved clickid=nobody")),
    ];
    tell(&store, &[&live]).await;
    let before = reports(&store).await;
    let tests = [
        test(10, "ftd rejected 50USD"),
        test(11, "redeposit approved 900USD transaction_id=T"),
        test(12, "lead approved clickid=nobody"),
        test(13, "ftd approved 70USD clickid=test-1"),
        test(14, "ftd maybe 70USD"),
        test(15, "ftd approved {amount}USD"),
    ];
    rehearse(&store, &tests).await;
    assert_eq!(reports(&store).await, before);
    tell(&store, &[&[paid(delivery(20, "ftd rejected 50USD"))]]).await;
    assert_ne!(reports(&store).await, before, "a live one does move them");
}

async fn live_deliveries_and_tests_never_meet(kind: Kind) {
    let (_place, store) = kind.store().await;
    with_click_log(&store).await;
    let words = "ftd approved 50USD timestamp=1717000000";
    let by_secret = |seconds| Delivery {
        test: Some(crate::delivery::TestMark::Secret),
        ..paid(delivery(seconds, words))
    };
    // The same content to the letter, but for the secret.
    assert_eq!(verdicts(&store, &[by_secret(0)]).await, [Verdict::Accepted]);
    let entries = tell(&store, &[&[paid(delivery(1, words))]]).await;
    assert_eq!(entries[0].verdict, Verdict::Accepted);
    assert_eq!(entries[0].repeat_of, None);
    let entries = tell(&store, &[&[paid(delivery(2, words))]]).await;
    assert_eq!(entries[0].verdict, Verdict::Duplicate);
    assert_eq!(
        verdicts(&store, &[by_secret(3)]).await,
        [Verdict::Duplicate]
    );

    // The other way round.
    let words = "registration approved";
    tell(&store, &[&[paid(delivery(4, words))]]).await;
    let again = Delivery {
        test: Some(crate::delivery::TestMark::Secret),
        ..paid(delivery(5, words))
    };
    assert_eq!(verdicts(&store, &[again]).await, [Verdict::Accepted]);
}

async fn tests_of_a_click_follow_from_each_other(kind: Kind) {
    let (_place, store) = kind.store().await;
    let click = "clickid=test-1";
    let first = test(0, &format!("ftd pending 50USD transaction_id=A {click}"));
    let told = rehearse(&store, std::slice::from_ref(&first)).await;
    assert_eq!(told[0].0, Verdict::Accepted);
    assert_eq!(told[0].1["click"], "reserved");
    assert_eq!(told[0].1["conversion"]["is_new"], true);
    assert_eq!(told[0].1["earns"], serde_json::json!([]));
    // Two in one transaction, and the first from the store.
    let told = rehearse(
        &store,
        &[
            test(60, &format!("ftd approved 50USD transaction_id=A {click}")),
            test(120, &format!("ftd approved 80USD transaction_id=B {click}")),
        ],
    )
    .await;
    assert_eq!(told[0].0, Verdict::Updated);
    assert_eq!(told[0].1["change"]["from"]["status"], "pending");
    assert_eq!(told[0].1["earns"][0]["step"], "booked");
    assert_eq!(told[1].0, Verdict::Flagged);
    assert_eq!(told[1].1["flags"][0]["reason"], "double_ftd");
    let taken_back = test(180, &format!("ftd rejected 50USD transaction_id=A {click}"));
    let told = rehearse(&store, std::slice::from_ref(&taken_back)).await;
    assert_eq!(told[0].0, Verdict::Updated);
    assert_eq!(
        told[0].1["earns"][0]["step"], "clawed_back",
        "{}",
        told[0].1
    );
    // The same content again, under another id.
    let again = test(240, &format!("ftd rejected 50USD transaction_id=A {click}"));
    store.rehearse(std::slice::from_ref(&again)).await.unwrap();
    let record = store.delivery(again.id).await.unwrap().unwrap();
    assert_eq!(record.verdict, Verdict::Duplicate);
    assert_eq!(record.repeat_of, Some(taken_back.id));
}

async fn a_test_sees_only_its_partners_tests_of_its_click(kind: Kind) {
    let (_place, store) = kind.store().await;
    let words = |click: &str| format!("registration approved clickid={click} test=1");
    let tests = [
        delivery(0, &words("test-1")),
        delivery(1, &words("test-2")),
        delivery_of("rival", 2, &words("test-1")),
    ];
    // Together, and then each again by what the store keeps.
    assert_eq!(verdicts(&store, &tests).await, [Verdict::Accepted; 3]);
    let more = delivery_of("third", 3, &words("test-2"));
    assert_eq!(verdicts(&store, &[more]).await, [Verdict::Accepted]);
    let again = delivery_of("rival", 4, &words("test-1"));
    assert_eq!(verdicts(&store, &[again]).await, [Verdict::Duplicate]);
}

async fn an_invalid_test_is_kept_with_what_was_wrong(kind: Kind) {
    let (_place, store) = kind.store().await;
    let wrong = test(0, "ftd maybe 50XXX");
    let told = rehearse(&store, std::slice::from_ref(&wrong)).await;
    assert_eq!(told[0].0, Verdict::Invalid);
    assert_eq!(told[0].1["conversion"], Value::Null);
    let record = store.delivery(wrong.id).await.unwrap().unwrap();
    assert!(record.errors.unwrap().contains("\"currency\""));
}

async fn only_the_latest_tests_are_replayed(kind: Kind) {
    let (_place, store) = kind.store().await;
    let opens = test(0, "registration approved clickid=test-1");
    store.rehearse(std::slice::from_ref(&opens)).await.unwrap();
    let more = |second: u32| {
        let words = format!("redeposit approved 5USD clickid=test-1 transaction_id=T-{second}");
        test(second.into(), &words)
    };
    let fewer: Vec<_> = (1..MAX_REHEARSED).map(more).collect();
    store.rehearse(&fewer).await.unwrap();
    let again = |second| test(second, "registration approved clickid=test-1 geo=DE");
    assert_eq!(verdicts(&store, &[again(900)]).await, [Verdict::Duplicate]);
    // One more stands before it now, and the first is out of sight.
    let later = again(901);
    assert_eq!(
        verdicts(&store, &[later]).await,
        [Verdict::Duplicate],
        "of the one at 900"
    );
    let many: Vec<_> = (1_000..1_000 + MAX_REHEARSED).map(more).collect();
    store.rehearse(&many).await.unwrap();
    assert_eq!(verdicts(&store, &[again(2_000)]).await, [Verdict::Accepted]);
}
