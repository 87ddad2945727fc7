//! What a sender of tests is told.

use serde_json::{Value, json};

use super::Stage;
use crate::delivery::{Delivery, TestMark};
use crate::ledger::stories::money::agreement;
use crate::ledger::{FlagReason, Verdict};
use crate::sandbox::words::meaning;
use crate::store::Click;
use crate::testing::{click, delivery};

fn test(words: &str) -> Delivery {
    Delivery {
        agreement: agreement(),
        test: Some(TestMark::Field),
        ..delivery(0, words)
    }
}

fn told(click: Option<&Click>, test: &Delivery) -> (Verdict, Value) {
    let rehearsed = Stage::new(click, &[], test).rehearse(test);
    let outlook = serde_json::from_str(rehearsed.outlook.get()).unwrap();
    (rehearsed.entry.verdict, outlook)
}

#[test]
fn a_first_deposit_is_told_what_it_would_earn_and_why() {
    let (verdict, outlook) = told(Some(&click("known", None)), &test("ftd approved 50USD"));
    assert_eq!(verdict, Verdict::Accepted);
    let conversion = json!({
        "is_new": true, "event": "ftd", "identity": "ftd", "status": "approved",
        "amount": {"amount": "50.00", "currency": "USD"},
        "occurred_at": "2024-05-29T16:26:40Z", "blocking_flags": 0,
    });
    assert_eq!(outlook["conversion"], conversion);
    assert_eq!(outlook["marked_by"], "field");
    assert_eq!(outlook["click"], "logged");
    let [cpa, share] = outlook["earns"].as_array().unwrap().as_slice() else {
        panic!("{outlook}")
    };
    assert_eq!(
        (&cpa["kind"], &share["kind"]),
        (&json!("cpa"), &json!("revshare"))
    );
    assert_eq!(share["amount"]["amount"], "12.50");
    assert!(
        cpa["rule"].as_str().unwrap().contains("100.00 USD"),
        "{cpa}"
    );
    assert_eq!(cpa["due_at"], "2024-06-12T16:26:40Z");
    assert_eq!(outlook["earns_nothing"], Value::Null);
}

#[test]
fn what_earns_nothing_says_why() {
    for (words, why) in [
        ("ftd pending 50USD clickid=test-1", "pending"),
        ("ftd rejected 50USD clickid=test-1", "rejected"),
        ("ftd approved 50USD clickid=nobody", "a person would look"),
        (
            "registration approved clickid=test-1",
            "pay nothing for a registration",
        ),
        ("ftd approved 50XXX clickid=test-1", "could be booked"),
    ] {
        let (_, outlook) = told(None, &test(words));
        let said = outlook["earns_nothing"].as_str().unwrap_or_default();
        assert!(said.contains(why), "{words}: {outlook}");
    }
    let unpaid = Delivery {
        agreement: Default::default(),
        ..test("ftd approved 50USD clickid=test-1")
    };
    let said = told(None, &unpaid).1["earns_nothing"].to_string();
    assert!(said.contains("no terms hold for 2024-05-29"), "{said}");
}

#[test]
fn only_the_reserved_prefix_stands_for_a_click() {
    for (clickid, seen, verdict) in [
        ("test-", "reserved", Verdict::Accepted),
        ("test-anything", "reserved", Verdict::Accepted),
        ("Test-1", "unknown", Verdict::Flagged),
        ("test1", "unknown", Verdict::Flagged),
        ("a-test-1", "unknown", Verdict::Flagged),
    ] {
        let (became, outlook) = told(None, &test(&format!("lead approved clickid={clickid}")));
        assert_eq!(
            (became, &outlook["click"]),
            (verdict, &json!(seen)),
            "{clickid}"
        );
    }
}

#[test]
fn a_click_of_the_log_goes_before_the_reserved_prefix() {
    let test = test("lead approved clickid=test-1");
    let (verdict, outlook) = told(Some(&click("test-1", Some("rival"))), &test);
    assert_eq!(verdict, Verdict::Flagged);
    assert_eq!(outlook["flags"][0]["reason"], "foreign_click");
}

#[test]
fn the_reserved_click_is_a_minute_old() {
    let at = |seconds: i64| {
        let timestamp = crate::testing::START.0 + seconds;
        let words = format!("lead approved clickid=test-1 timestamp={timestamp}");
        told(None, &test(&words)).1["flags"].clone()
    };
    assert_eq!(at(0), json!([]));
    assert_eq!(at(-300), json!([]), "the clocks may differ so far");
    assert_eq!(at(-361)[0]["reason"], "before_click");
}

#[test]
fn each_flag_has_a_meaning_of_its_own() {
    let meanings: std::collections::BTreeSet<&str> =
        FlagReason::ALL.into_iter().map(meaning).collect();
    assert_eq!(meanings.len(), FlagReason::ALL.len());
}

#[test]
fn an_old_click_is_one_that_what_follows_comes_too_late_for() {
    let late = test("registration approved clickid=test-old-1");
    let (verdict, outlook) = told(None, &late);
    assert_eq!(verdict, Verdict::Flagged, "{outlook}");
    let flag = outlook["flags"].to_string();
    assert!(flag.contains("expired_click"), "{outlook}");
    assert_eq!(outlook["click"], "reserved");
    let (verdict, _) = told(None, &test("registration approved clickid=test-older"));
    assert_eq!(verdict, Verdict::Accepted, "that prefix and no other");
}
