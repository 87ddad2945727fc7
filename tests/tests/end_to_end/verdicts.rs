//! What becomes of a postback that is provably the partner's.

use postern_tests::MANY_FAILURES;
use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::signing::{signed_json, signed_parameters};
use tokio::task::JoinSet;

fn post(event: &Event) -> Message {
    let body = signed_json(SECRET, event);
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .body(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_postback_again_is_a_duplicate_and_booked_once() {
    let gate = Gate::open().await;
    let event = Event::ftd("click-1").token("timestamp", "1717000000");
    let first = gate.send(&post(&event)).await;
    first.recorded("accepted");
    let second = gate.send(&post(&event)).await;
    second.recorded("duplicate");
    assert_eq!(second.json()["first_result"], "accepted", "{second:?}");
    // The same fields in another form and another order are the same delivery.
    let query = signed_parameters(SECRET, &event);
    let get = Message::new("GET", format!("/v1/event?{query}")).source(PARTNER);
    gate.send(&get).await.recorded("duplicate");
    let ledger = gate.ledger().await;
    assert_eq!(
        ledger.deliveries().await,
        3,
        "each has a row the partner can be shown"
    );
    assert_eq!(ledger.conversions().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_postback_many_times_at_once_is_booked_once() {
    let gate = Gate::of(|stand| stand.concurrency(2)).await;
    let message = post(&Event::ftd("click-1").token("timestamp", "1717000000"));
    let mut senders = JoinSet::new();
    for _ in 0..32 {
        let (mut connection, message) = (gate.plain().await, message.clone());
        senders.spawn(async move { connection.exchange(&message).await.expect("an answer") });
    }
    let mut results = Vec::new();
    for answer in senders.join_all().await {
        results.push(answer.text("result"));
    }
    results.sort();
    assert_eq!(results[0], "accepted", "{results:?}");
    assert!(
        results[1..].iter().all(|result| result == "duplicate"),
        "{results:?}"
    );
    let ledger = gate.ledger().await;
    assert_eq!(
        (ledger.deliveries().await, ledger.conversions().await),
        (32, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_click_is_kept_and_flagged() {
    let gate = Gate::open().await;
    let answer = gate.send(&post(&Event::ftd("nobody-knows-me"))).await;
    answer.recorded("flagged");
    assert_eq!(
        answer.json()["flags"],
        serde_json::json!(["unknown_click"]),
        "{answer:?}"
    );
    let ledger = gate.ledger().await;
    assert_eq!(
        ledger
            .conversion("nobody-knows-me", "ftd")
            .await
            .amount_minor,
        5000
    );
    assert_eq!(ledger.flags_of("nobody-knows-me").await, ["unknown_click"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macro_nobody_filled_in_is_quarantined_not_booked() {
    let gate = Gate::open().await;
    for (number, placeholder) in ["{amount}", "{{amount}}", "[amount]", "#amount#", "REPLACE"]
        .into_iter()
        .enumerate()
    {
        let event = Event::ftd(&format!("click-{}", number + 1)).text("amount", placeholder);
        let answer = gate.send(&post(&event)).await;
        answer.recorded("quarantined").warns_of("amount");
    }
    let comma = gate
        .send(&post(&Event::ftd("click-9").text("amount", "1.234,50")))
        .await;
    comma.recorded("quarantined").warns_of("amount");
    let ledger = gate.ledger().await;
    assert_eq!(
        (ledger.deliveries().await, ledger.conversions().await),
        (6, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_fields_are_all_named_and_the_delivery_is_recorded_all_the_same() {
    let gate = Gate::open().await;
    let event = Event::ftd("click-1")
        .text("event", "jackpot")
        .text("status", "maybe")
        .text("currency", "XXQ")
        .text("geo", "Germany")
        .text("payment_method", "barter")
        .token("timestamp", "1717000000000");
    let answer = gate.send(&post(&event)).await;
    answer.refused(422, "invalid");
    let fields = answer.json()["fields"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let named: Vec<_> = fields
        .iter()
        .filter_map(|field| field["field"].as_str())
        .collect();
    for field in [
        "event",
        "status",
        "currency",
        "geo",
        "payment_method",
        "timestamp",
    ] {
        assert!(named.contains(&field), "{field} is not named: {answer:?}");
    }
    for field in &fields {
        assert!(
            !field["expected"].as_str().unwrap_or_default().is_empty(),
            "{field}"
        );
        assert!(field["received"].is_string(), "{field}");
    }
    let ledger = gate.ledger().await;
    let delivery = ledger.delivery(&answer.text("id")).await;
    assert_eq!(delivery.verdict, "invalid");
    assert_eq!(ledger.conversions().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_field_is_named() {
    let gate = Gate::open().await;
    let answer = gate
        .send(&post(
            &Event::ftd("click-1")
                .without("amount")
                .without("currency")
                .without("status"),
        ))
        .await;
    answer.refused(422, "invalid");
    let body = answer.json().to_string();
    for field in ["amount", "currency", "status"] {
        assert!(
            body.contains(&format!("\"field\":\"{field}\"")),
            "{field} is not named: {body}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_nobody_reads_is_told_and_does_no_harm() {
    let gate = Gate::open().await;
    let event = Event::registration("click-1").text("colour", "red");
    gate.send(&post(&event))
        .await
        .recorded("accepted")
        .warns_of("colour");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_has_as_many_decimals_as_its_currency() {
    let gate = Gate::open().await;
    let cases = [
        ("click-1", "USD", "50.00", 5_000),
        ("click-2", "JPY", "500", 500),
        ("click-3", "KWD", "1.234", 1_234),
        ("click-4", "USDT", "1.5", 1_500_000),
    ];
    for (clickid, currency, amount, minor) in cases {
        let event = Event::ftd(clickid)
            .text("currency", currency)
            .text("amount", amount);
        gate.send(&post(&event)).await.recorded("accepted");
        let booked = gate
            .ledger()
            .await
            .conversion(clickid, "ftd")
            .await
            .amount_minor;
        assert_eq!(booked, minor, "{amount} {currency}");
    }
    let half_a_cent = Event::ftd("click-5").text("amount", "0.005");
    gate.send(&post(&half_a_cent)).await.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_may_send_whole_cents() {
    let cents = Partner::of_the_page().in_minor_units();
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[cents])).await;
    gate.send(&post(&Event::ftd("click-1").text("amount", "5000")))
        .await
        .recorded("accepted");
    assert_eq!(
        gate.ledger()
            .await
            .conversion("click-1", "ftd")
            .await
            .amount_minor,
        5_000
    );
    gate.send(&post(&Event::ftd("click-2").text("amount", "50.5")))
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_conversion_is_updated_when_it_is_approved() {
    let gate = Gate::open().await;
    gate.send(&post(&Event::ftd("click-1").text("status", "pending")))
        .await
        .recorded("accepted");
    gate.send(&post(&Event::ftd("click-1")))
        .await
        .recorded("updated");
    let conversion = gate.ledger().await.conversion("click-1", "ftd").await;
    assert_eq!(conversion.status, "approved");
}
