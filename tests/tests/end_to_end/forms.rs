//! Each canonical form passes over each way of sending it applies to, signed here without the
//! product's code, and the ledger names the form that matched.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::signing::{hmac_hex, sign_sorted_json, signed_json, signed_parameters};
use postern_tests::{MANY_FAILURES, unix_now};

fn post_json(body: &str) -> Message {
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .body(body)
}

fn post_form(body: &str) -> Message {
    Message::new("POST", "/v1/event")
        .header("content-type", "application/x-www-form-urlencoded")
        .source(PARTNER)
        .body(body)
}

fn get(query: &str) -> Message {
    Message::new("GET", format!("/v1/event?{query}")).source(PARTNER)
}

/// Sends `message` and claims that it was recorded under `form`.
async fn passes_as(gate: &Gate, form: &str, message: Message) {
    let answer = gate.send(&message).await;
    answer.recorded("accepted");
    let delivery = gate.ledger().await.delivery(&answer.text("id")).await;
    assert_eq!(
        delivery.form,
        form,
        "for {}",
        String::from_utf8_lossy(&message.bytes())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn json_posts_pass_in_each_form() {
    let gate = Gate::open().await;
    let event = |number: u32| Event::ftd(&format!("click-{number}")).text("sub_id_2", "a/b");

    let spaced = event(1).json_spaced(" ");
    passes_as(
        &gate,
        "raw",
        post_json(&spaced).sign(&hmac_hex(SECRET, &spaced)),
    )
    .await;

    passes_as(&gate, "json", post_json(&signed_json(SECRET, &event(2)))).await;
    let beside = event(3);
    passes_as(
        &gate,
        "json",
        post_json(&beside.json_spaced(" ")).sign(&sign_sorted_json(SECRET, &beside)),
    )
    .await;

    // Signed by an encoder that escapes, sent by one that does not.
    let signed = event(4).token("sub_id_1", r#""f\u00fcr \ud83c\udfb0""#);
    let sent = event(4)
        .token("sub_id_1", "\"für 🎰\"")
        .text("sign", &sign_sorted_json(SECRET, &signed));
    passes_as(&gate, "json-ascii", post_json(&sent.json())).await;

    // The other way round.
    let signed = event(5).token("sub_id_1", "\"für 🎰\"");
    let sent = event(5)
        .token("sub_id_1", r#""f\u00fcr \ud83c\udfb0""#)
        .text("sign", &sign_sorted_json(SECRET, &signed));
    passes_as(&gate, "json-utf8", post_json(&sent.json())).await;

    // PHP's json_encode signs `\/`.
    let signed = event(6).token("sub_id_2", r#""a\/b""#);
    let sent = event(6).text("sign", &sign_sorted_json(SECRET, &signed));
    passes_as(&gate, "json-slash", post_json(&sent.json())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn form_encoded_posts_pass_in_each_form() {
    let gate = Gate::open().await;
    let event = |number: u32| Event::ftd(&format!("click-{number}")).text("sub_id_1", "a b/ü~");

    let body = event(1).parameters();
    passes_as(
        &gate,
        "raw",
        post_form(&body).sign(&hmac_hex(SECRET, &body)),
    )
    .await;
    passes_as(
        &gate,
        "params",
        post_form(&signed_parameters(SECRET, &event(2))),
    )
    .await;
    let sign = hmac_hex(SECRET, event(3).sorted().parameters());
    passes_as(
        &gate,
        "params",
        post_form(&event(3).parameters()).sign(&sign),
    )
    .await;
    let sign = hmac_hex(SECRET, event(4).sorted().parameters_decoded());
    passes_as(
        &gate,
        "params-decoded",
        post_form(&format!("{}&sign={sign}", event(4).parameters())),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gets_pass_in_each_form() {
    let gate = Gate::open().await;
    let event = |number: u32| Event::ftd(&format!("click-{number}")).text("sub_id_1", "a b/ü~");

    passes_as(&gate, "params", get(&signed_parameters(SECRET, &event(1)))).await;
    let sign = hmac_hex(SECRET, event(2).sorted().parameters());
    passes_as(&gate, "params", get(&event(2).parameters()).sign(&sign)).await;
    let sign = hmac_hex(SECRET, event(3).sorted().parameters_decoded());
    passes_as(
        &gate,
        "params-decoded",
        get(&format!("{}&sign={sign}", event(3).parameters())),
    )
    .await;
    passes_as(
        &gate,
        "params-decoded",
        get(&event(4).parameters())
            .sign(&{ hmac_hex(SECRET, event(4).sorted().parameters_decoded()) }),
    )
    .await;

    // An empty parameter is signed as sent, and the hex may be in upper case.
    let event = Event::registration("click-5").text("amount", "");
    let sign = hmac_hex(SECRET, event.sorted().parameters()).to_uppercase();
    passes_as(
        &gate,
        "params",
        get(&format!("{}&sign={sign}", event.parameters())),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_decoded_form_is_not_taken_where_it_could_mean_two_things() {
    let gate = Gate::open().await;
    // Joined without encoding, this rejected EUR event reads like an approved USD deposit.
    let hidden = "click-1&currency=USD&event=ftd&status=approved&sub_id_1=";
    let event = Event::ftd(hidden)
        .text("currency", "EUR")
        .text("event", "rejected")
        .text("status", "rejected");
    let sign = hmac_hex(SECRET, event.sorted().parameters_decoded());
    let answer = gate
        .send(&get(&format!("{}&sign={sign}", event.parameters())))
        .await;
    answer.refused(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signature_is_not_good_for_a_second_postback_that_means_what_the_first_sent() {
    let gate = Gate::open().await;
    for (number, sent, meant) in [(1, "tx%3A1", "tx%253A1"), (2, "tx+2", "tx%2B2")] {
        let text = |id: &str| {
            format!(
                "amount=5.00&clickid=click-{number}&currency=USD&event=redeposit&status=approved&transaction_id={id}"
            )
        };
        let sign = hmac_hex(SECRET, text(sent));
        passes_as(&gate, "params", get(&format!("{}&sign={sign}", text(sent)))).await;
        for second in [get(&text(meant)), post_form(&text(meant))] {
            gate.send(&second.sign(&sign))
                .await
                .refused(401, "unauthorized");
        }
        // The same bytes as a form are the same postback.
        gate.send(&post_form(&text(sent)).sign(&sign))
            .await
            .recorded("duplicate");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_pinned_to_the_decoded_form_may_send_any_value() {
    let partner = Partner::of_the_page().line("forms = [\"params-decoded\"]");
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let event = Event::registration("click-1").text("sub_id_1", "50% + 1");
    let sign = hmac_hex(SECRET, event.sorted().parameters_decoded());
    passes_as(
        &gate,
        "params-decoded",
        get(&format!("{}&sign={sign}", event.parameters())),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_pinned_to_forms_is_not_let_in_by_another() {
    let partner = Partner::of_the_page().line("forms = [\"raw\"]");
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let event = Event::registration("click-1");
    gate.send(&post_json(&signed_json(SECRET, &event)))
        .await
        .refused(401, "unauthorized");
    gate.send(&get(&signed_parameters(SECRET, &event)))
        .await
        .refused(401, "unauthorized");
    passes_as(
        &gate,
        "raw",
        post_json(&event.json()).sign(&hmac_hex(SECRET, event.json())),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_time_must_be_near_and_must_be_the_one_that_was_signed() {
    let partner = Partner::of_the_page().line("clock_tolerance_seconds = 300");
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let post_at = |clickid: &str, signed: i64, told: i64| {
        let body = Event::registration(clickid).json();
        let sign = hmac_hex(SECRET, format!("{signed}.{body}"));
        post_json(&body)
            .sign(&sign)
            .header("x-rs-timestamp", told.to_string())
    };
    let now = unix_now();
    passes_as(&gate, "raw", post_at("click-1", now, now)).await;
    passes_as(&gate, "raw", post_at("click-2", now - 290, now - 290)).await;
    gate.send(&post_at("click-3", now - 320, now - 320))
        .await
        .refused(401, "unauthorized");
    gate.send(&post_at("click-3", now + 320, now + 320))
        .await
        .refused(401, "unauthorized");
    // An old signature does not get younger by another header.
    gate.send(&post_at("click-3", now - 320, now))
        .await
        .refused(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_compared_as_sent_not_as_a_number_would_be_written() {
    let gate = Gate::open().await;
    let event = Event::ftd("click-1")
        .token("amount", "50.10")
        .token("timestamp", "1717000000");
    passes_as(&gate, "json", post_json(&signed_json(SECRET, &event))).await;
    let rewritten = event
        .clone()
        .text("clickid", "click-2")
        .token("amount", "50.1");
    let sign = sign_sorted_json(SECRET, &event.text("clickid", "click-2"));
    gate.send(&post_json(&rewritten.text("sign", &sign).json()))
        .await
        .refused(401, "unauthorized");
}
