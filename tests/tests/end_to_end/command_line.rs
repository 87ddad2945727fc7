//! `postern` on the command line against a running gate: what operators and partners do by hand.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::registration;
use postern_tests::signing::signed_json;
use postern_tests::waiting::eventually;

/// Each form with an encoding it applies to.
const FORMS: [(&str, &str); 10] = [
    ("raw", "json"),
    ("json", "json"),
    ("json-ascii", "json"),
    ("json-utf8", "json"),
    ("json-slash", "json"),
    ("raw", "form"),
    ("params", "form"),
    ("params-decoded", "form"),
    ("params", "query"),
    ("params-decoded", "query"),
];

fn signed_with(secret: &str, clickid: &str) -> Message {
    let body = signed_json(secret, &Event::registration(clickid));
    let post = Message::new("POST", "/v1/event").header("content-type", "application/json");
    post.source(PARTNER).body(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn postern_send_passes_in_each_form() {
    let gate = Gate::open().await;
    let url = format!("http://{}/v1/event", gate.http_addr());
    for (number, (form, encoding)) in FORMS.into_iter().enumerate() {
        let clickid = format!("clickid=click-{}", number + 1);
        let send = [
            "send", &url, "--source", PARTNER, "--secret", SECRET, "--form", form,
        ];
        let fields = [
            "--encoding",
            encoding,
            &clickid,
            "event=lead",
            "status=approved",
            "sub_id_1=für a/b",
        ];
        let said = gate.runs(&[&send[..], &fields[..]].concat());
        assert!(
            said.starts_with("200") && said.contains("\"accepted\""),
            "{form} as {encoding}: {said}"
        );
    }
    assert_eq!(gate.ledger().await.conversions().await, FORMS.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn postern_sign_prints_what_the_pages_own_script_prints() {
    let gate = Gate::open().await;
    let payload = [
        "clickid=abc123def456",
        "event=ftd",
        "status=approved",
        "amount=50.00",
        "currency=USD",
    ];
    let said = gate.runs(
        &[
            &["sign", "--secret", SECRET],
            &payload[..],
            &["timestamp:=1717000000"],
        ]
        .concat(),
    );
    assert_eq!(
        said.trim(),
        "017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_rotated_without_a_gap() {
    let gate = Gate::open().await;
    let said = gate.runs(&["partners", "rotate", PARTNER, "--overlap", "1h"]);
    let secret = said
        .lines()
        .find_map(|line| line.strip_prefix("secret "))
        .expect("the new secret")
        .trim();
    gate.send(&signed_with(secret, "click-1"))
        .await
        .refused(401, "unauthorized");

    gate.runs(&["partners", "apply"]);
    let message = signed_with(secret, "click-1");
    gate.send_until("the new secret works", &message, |answer| {
        answer.status == 200
    })
    .await;
    gate.send(&signed_with(SECRET, "click-2"))
        .await
        .recorded("accepted");

    // Cut short: the old one ends now.
    let said = gate.runs(&["partners", "rotate", PARTNER, "--overlap", "0s"]);
    let newest = said
        .lines()
        .find_map(|line| line.strip_prefix("secret "))
        .expect("the new secret")
        .trim();
    gate.runs(&["partners", "apply"]);
    let message = signed_with(SECRET, "click-3");
    gate.send_until("the first secret stops", &message, |answer| {
        answer.status == 401
    })
    .await;
    gate.send(&signed_with(newest, "click-4"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_is_added_and_posts() {
    let gate = Gate::open().await;
    let add = [
        "partners",
        "add",
        "acme",
        "--network",
        "127.0.0.7",
        "--unit",
        "major",
    ];
    let said = gate.runs(&add);
    let secret = said
        .lines()
        .find_map(|line| line.strip_prefix("secret "))
        .expect("its secret")
        .trim();
    gate.runs(&["partners", "apply"]);
    let message = signed_with(secret, "click-1")
        .without("x-rs-source")
        .source("acme");
    let what = "acme is let in";
    eventually(what, async || {
        (gate.send_from("127.0.0.7", &message).await.status == 200).then_some(())
    })
    .await;
    assert!(
        !gate.runs(&["partners", "list"]).contains(secret),
        "a list shows no secrets"
    );
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
}
