//! Tests over the real gate: by their field or by their secret, decided as live ones are, and booked
//! nowhere.

use postern_tests::MANY_FAILURES;
use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::signing::{signed_json, signed_parameters};
use serde_json::{Value, json};

const TEST_SECRET: &str = "a-secret-for-tests-alone";
const TEST_KEY: &str = "sandbox";

/// CPA for a first deposit, and a share of it.
const TERMS: &str = "[[partner.terms]]\nfrom = 2020-01-01\nhold_days = 10\n\
    cpa = { ftd = \"100.00 USD\" }\nrevshare = { percent = \"25\", carry_over = true }";

fn page_partner() -> Partner {
    Partner::of_the_page().secret_within(TEST_KEY, TEST_SECRET, "test = true")
}

async fn gate() -> Gate {
    let partner = page_partner().line(TERMS);
    Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await
}

fn post(secret: &str, event: &Event) -> Message {
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .body(signed_json(secret, event))
}

fn test(event: Event) -> Event {
    event.token("test", "1")
}

/// What the reports say, byte for byte. Payouts as CSV: their JSON says until when they are due, which is now.
fn reports(gate: &Gate) -> String {
    let asked: [&[&str]; 5] = [
        &[
            "report",
            "funnel",
            "--by",
            "partner,day",
            "--format",
            "json",
        ],
        &["report", "payouts", "--format", "csv"],
        &["report", "sources", "--format", "json"],
        &["review", "list"],
        &["export", "conversions"],
    ];
    asked.map(|arguments| gate.runs(arguments)).join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_told_how_it_would_appear_and_moves_no_report() {
    let gate = gate().await;
    let live = Event::ftd("click-1").text("transaction_id", "L");
    gate.send(&post(SECRET, &live)).await.recorded("accepted");
    let before = reports(&gate);
    assert!(
        before.contains("112.50") || before.contains("12.50"),
        "{before}"
    );

    let told = gate.send(&post(SECRET, &test(Event::ftd("click-2")))).await;
    let outlook = told.recorded("accepted").json()["test"].clone();
    assert_eq!(outlook["marked_by"], "field", "{told:?}");
    assert_eq!(
        outlook["conversion"]["amount"]["amount"], "50.00",
        "{told:?}"
    );
    assert_eq!(
        outlook["earns"][0]["amount"]["amount"], "100.00",
        "{told:?}"
    );
    assert!(outlook["earns"][0]["rule"].is_string(), "{told:?}");
    let unknown = gate.send(&post(SECRET, &test(Event::ftd("nobody")))).await;
    let outlook = unknown.recorded("flagged").json()["test"].clone();
    assert_eq!(
        outlook["flags"][0]["reason"], "unknown_click",
        "{unknown:?}"
    );
    let query = signed_parameters(SECRET, &test(Event::registration("test-1")));
    let get = Message::new("GET", format!("/v1/event?{query}")).source(PARTNER);
    gate.send(&get).await.recorded("accepted");

    assert_eq!(reports(&gate), before);
    let ledger = gate.ledger().await;
    assert_eq!(
        (ledger.deliveries().await, ledger.conversions().await),
        (4, 1)
    );
    assert_eq!(ledger.flags_of("nobody").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn live_postbacks_and_tests_are_never_duplicates_of_each_other() {
    let gate = gate().await;
    let event = Event::ftd("click-1").token("timestamp", "1717000000");
    // The same fields, byte for byte: only the secret differs.
    gate.send(&post(TEST_SECRET, &event))
        .await
        .recorded("accepted");
    let live = gate.send(&post(SECRET, &event)).await;
    assert_eq!(live.recorded("accepted").json()["test"], Value::Null);
    gate.send(&post(SECRET, &event)).await.recorded("duplicate");
    gate.send(&post(TEST_SECRET, &event))
        .await
        .recorded("duplicate");
    assert_eq!(gate.ledger().await.conversions().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_secret_can_book_nothing_whatever_it_says() {
    let gate = gate().await;
    for (click, mark) in [
        ("click-1", None),
        ("click-2", Some("0")),
        ("click-3", Some("false")),
    ] {
        let event = Event::registration(click);
        let event = mark.map_or(event.clone(), |mark| event.token("test", mark));
        let answer = gate.send(&post(TEST_SECRET, &event)).await;
        let outlook = answer.recorded("accepted").json()["test"].clone();
        assert_eq!(outlook["marked_by"], "secret", "{answer:?}");
        if mark.is_some() {
            answer.warns_of("whatever `test` says");
        }
    }
    assert_eq!(gate.ledger().await.conversions().await, 0);
    let row = gate
        .send(&post(TEST_SECRET, &Event::registration("click-4")))
        .await;
    let row = gate.ledger().await.delivery(&row.text("id")).await;
    assert_eq!(row.key, "test.sandbox");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_as_a_mark_is_refused_and_booked_nowhere() {
    let gate = gate().await;
    let unclear = Event::registration("click-1").text("test", "yes");
    let answer = gate.send(&post(SECRET, &unclear)).await;
    answer.refused(422, "invalid");
    let field = &answer.json()["fields"][0];
    assert_eq!(field["field"], "test");
    assert!(
        field["expected"].to_string().contains("1 or true"),
        "{answer:?}"
    );
    // An unsigned mark is a forged one: it is part of what is signed.
    let marked = signed_json(SECRET, &Event::registration("click-1"));
    let marked = marked.replacen('{', "{\"test\":1,", 1);
    let unsigned = post(SECRET, &Event::empty()).body(marked);
    gate.send(&unsigned).await.refused(401, "unauthorized");
    assert_eq!(gate.ledger().await.conversions().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_count_against_the_partners_own_rate() {
    let partner = Partner::of_the_page().rate(1, 2);
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let message = post(SECRET, &test(Event::registration("test-1")));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(gate.send(&message).await.status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_are_shown_as_such_and_told_apart() {
    let gate = gate().await;
    let live = gate
        .send(&post(SECRET, &Event::registration("click-1")))
        .await;
    let told = gate.send(&post(SECRET, &test(Event::ftd("click-1")))).await;
    let (live, told) = (live.text("id"), told.text("id"));
    for (arguments, holds) in [
        (&["deliveries", "list"][..], [true, true]),
        (&["deliveries", "list", "--test"], [false, true]),
        (&["deliveries", "list", "--live"], [true, false]),
        (&["export", "deliveries", "--test"], [false, true]),
        (&["export", "deliveries", "--live"], [true, false]),
    ] {
        let said = gate.runs(arguments);
        let found = [&live, &told].map(|id| said.contains(id.as_str()));
        assert_eq!(found, holds, "{arguments:?}: {said}");
    }
    assert!(
        gate.runs(&["deliveries", "list"])
            .contains("TEST, counts nowhere")
    );
    let page = gate.runs(&["explain", &told]);
    for said in [
        "counts nowhere",
        "a new ftd approved 50.00 USD",
        "cpa booked 100.00 USD",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    let (code, said) = gate.tries(&["export", "payouts", "--test"]);
    assert_eq!(code, Some(1), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_secret_is_made_and_ended_apart_from_the_live_ones() {
    let gate = Gate::open().await;
    let said = gate.runs(&["partners", "rotate", PARTNER, "--test"]);
    let secret = said.lines().find_map(|line| line.strip_prefix("secret "));
    let secret = secret.expect("the new secret").trim();
    gate.runs(&["partners", "apply"]);
    let message = post(secret, &Event::registration("click-1"));
    let told = gate
        .send_until("the test secret works", &message, |answer| {
            answer.status == 200
        })
        .await;
    assert_eq!(told.json()["test"]["marked_by"], json!("secret"));
    let live = gate
        .send(&post(SECRET, &Event::registration("click-1")))
        .await;
    live.recorded("accepted");
    assert!(gate.runs(&["partners", "list"]).contains("test.sandbox"));
}
