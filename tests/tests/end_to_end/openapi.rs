//! Both listeners do what their OpenAPI documents say, whatever they are sent: Schemathesis makes the
//! requests, the real gate and the real admin API answer.

use std::net::SocketAddr;

use postern_stand::Port;
use postern_tests::connection::Connection;
use postern_tests::gate::Gate;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::postback::registration;
use postern_tests::programs::{envoy, lowest_envoy, root};
use postern_tests::schemathesis::Asked;
use postern_tests::waiting::eventually;

/// What JSON Schema cannot say of a postback – bytes of UTF-8, characters nobody can see, decimals of
/// a currency, money that an event needs – is answered with 422, and so is a good request by it.
const BEYOND_SCHEMA: &str = "positive_data_acceptance";

/// A filter of the admin API is a text that is read – a partner's name, a day or a time, a cursor that an
/// answer gave, one of a partner's own sources – and the document says of most only that they are texts:
/// two thirds of the operations answer a made-up one with 400, and name what they expect. To say it in
/// patterns would be a second parser, and a cursor has none.
const READ_FROM_TEXT: &str = "positive_data_acceptance";

/// The parser of an older Envoy does not know every method: it answers `QUERY` with 400 before the gate
/// is asked. That those it knows get 405 is told in `refusals.rs`; the newest Envoy is asked them all.
fn unknown_methods() -> &'static [&'static str] {
    match envoy() == lowest_envoy() {
        true => &["unsupported_method"],
        false => &[],
    }
}

/// The doctor says with 200 what is wrong with a request: to refuse it would help nobody.
const TOLD_WITH_200: &str = "negative_data_rejection";

/// Who asks without a token too often is held off with 429, where these expect 401 each time.
const HELD_OFF: &str = "missing_required_header";
const HELD_OFF_TOO: &str = "ignored_auth";

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_answers_as_its_document_says() {
    let gate = Gate::open().await;
    let document = root().join("docs/openapi-gate.json");
    let asked = |path, without| Asked {
        document: &document,
        only: Some(path),
        url: format!("http://{}", gate.http_addr()),
        examples: 100,
        without,
        header: None,
        hooks: Some(("partner.py", vec![("PARTNER", PARTNER), ("SECRET", SECRET)])),
    };
    let of_events = [&[BEYOND_SCHEMA], unknown_methods()].concat();
    asked("/v1/event", &of_events).finds_nothing();
    let of_doctor = [&[BEYOND_SCHEMA, TOLD_WITH_200], unknown_methods()].concat();
    asked("/v1/verify", &of_doctor).finds_nothing();
    // It got past the signature, and some of it was booked or kept for a person, else nothing was shown.
    let ledger = gate.ledger().await;
    assert!(ledger.deliveries().await > 50);
    for verdict in ["accepted", "flagged", "invalid"] {
        assert!(ledger.judged(verdict).await > 0, "nothing was {verdict}");
    }
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admin_api_answers_as_its_document_says() {
    let port = Port::free().expect("a port");
    let admin = SocketAddr::from(([127, 0, 0, 1], port.number()));
    let gate = Gate::of(|stand| stand.backend_env("POSTERN_ADMIN_LISTEN", admin.to_string())).await;
    let token = gate.runs(&["admin", "token", "ada"]).trim().to_owned();
    let bearer = format!("Bearer {token}");
    let message = Message::new("GET", "/admin/partners")
        .header("host", "localhost")
        .header("authorization", &bearer);
    eventually("the admin API opens", async || {
        let mut connection = Connection::open_from(admin.ip(), admin).await.ok()?;
        let answer = connection.exchange(&message).await.ok()?;
        Some(answer).filter(|it| it.status == 200)
    })
    .await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    gate.send(&registration("nobody-knows"))
        .await
        .recorded("flagged");
    Asked {
        document: &root().join("docs/openapi-admin.json"),
        only: None,
        url: format!("http://{admin}"),
        examples: 40,
        without: &[READ_FROM_TEXT, HELD_OFF, HELD_OFF_TOO],
        header: Some(format!("Authorization: {bearer}")),
        hooks: None,
    }
    .finds_nothing();
}
