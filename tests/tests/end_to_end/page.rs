//! The product page's own examples, as a partner would copy them.

use postern_tests::event::Event;
use postern_tests::gate::Gate;
use postern_tests::http2::Ending;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, SECRET};
use postern_tests::signing::{hmac_hex, signed_json};

const CLICK: &str = "abc123def456";

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_post_is_accepted_with_the_sign_the_pages_script_prints() {
    let gate = Gate::open().await;
    let event = Event::ftd(CLICK).token("timestamp", "1717000000");
    let body = signed_json(SECRET, &event);
    assert!(body.contains("017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b"));
    let post = Message::new("POST", "/v1/event").header("Content-Type", "application/json");
    let answer = gate
        .send_tls(&post.header("X-RS-Source", PARTNER).body(body))
        .await;
    answer.recorded("accepted");
    let conversion = gate.ledger().await.conversion(CLICK, "ftd").await;
    assert_eq!(
        (conversion.amount_minor, conversion.currency.as_str()),
        (5000, "USD")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_full_post_with_every_field_is_accepted() {
    let gate = Gate::open().await;
    let event = Event::ftd(CLICK)
        .text("geo", "DE")
        .text("sub_id_1", "fb_de_001")
        .text("sub_id_2", "pwa")
        .text("payment_method", "card")
        .token("timestamp", "1717000000");
    let post = Message::new("POST", "/v1/event")
        .header("Content-Type", "application/json")
        .source(PARTNER);
    gate.send_tls(&post.body(signed_json(SECRET, &event)))
        .await
        .recorded("accepted");
}

/// The page's GET: parameters in its order, no partner named, `entity` where `&curren` stood.
fn pages_get(clickid: &str, entity: &[u8]) -> Message {
    let sorted = format!("amount=50.00&clickid={clickid}&currency=USD&event=ftd&status=approved");
    let sign = hmac_hex(SECRET, sorted);
    let mut target =
        format!("/v1/event?clickid={clickid}&event=ftd&status=approved&amount=50.00").into_bytes();
    target.extend_from_slice(entity);
    target.extend_from_slice(format!("cy=USD&sign={sign}").as_bytes());
    Message::new("GET", &target)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_get_works_as_it_stands_on_the_page() {
    let gate = Gate::open().await;
    let spellings: [&[u8]; 3] = [b"%C2%A4", b"%c2%a4", b"%A4"];
    for (number, entity) in spellings.into_iter().enumerate() {
        let clickid = format!("click-{}", number + 1);
        let answer = gate.send_tls(&pages_get(&clickid, entity)).await;
        answer.recorded("accepted").warns_of("currency");
        let conversion = gate.ledger().await.conversion(&clickid, "ftd").await;
        assert_eq!(
            (conversion.amount_minor, conversion.currency.as_str()),
            (5000, "USD")
        );
    }
    let clean = gate.send_tls(&pages_get("click-9", b"&curren")).await;
    clean.recorded("accepted");
    assert_eq!(
        clean.json()["warnings"].as_array().map_or(0, Vec::len),
        0,
        "{clean:?}"
    );
}

/// A URL has no bytes beyond ASCII. Clients write them as `%C2%A4`; one that does not is told so
/// over HTTP/1.1 by Envoy, before the gate. HTTP/2 carries them, and they are mended.
#[tokio::test(flavor = "multi_thread")]
async fn raw_bytes_beyond_ascii_in_a_url_are_a_bad_request_or_mended() {
    let gate = Gate::open().await;
    let raw = pages_get("click-1", "¤".as_bytes());
    let answer = gate.send_tls(&raw).await;
    answer.refused_unread(400, "bad_request");
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    let http2 = gate.http2().await;
    let answer = http2.exchange(&raw, 1, Ending::Plain).await;
    let answer = answer.expect("an answer");
    answer.recorded("accepted").warns_of("currency");
}

/// The template as the page's visitor copies it, each macro still in its marks.
fn template(open: &str, close: &str) -> Message {
    let marked = |name: &str| format!("{open}{name}{close}");
    let text = format!(
        "amount={}&clickid={}&currency=USD&event=ftd&status=approved",
        marked("amount"),
        marked("clickid"),
    );
    let sign = hmac_hex(SECRET, &text);
    Message::new("GET", format!("/v1/event?{text}&sign={sign}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_nobody_filled_in_is_kept_for_a_person() {
    let gate = Gate::open().await;
    for (open, close) in [("{", "}"), ("{{", "}}"), ("[", "]"), ("%3C", "%3E")] {
        gate.send_tls(&template(open, close))
            .await
            .recorded("quarantined");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_character_no_url_can_carry_is_named_before_anything_is_let_in() {
    let gate = Gate::open().await;
    let mut kept = 0;
    for raw in "!\"$'()*,-./:;<=>?@[\\]^_`{|}~".chars() {
        let clickid = format!("click-{}", kept + 1);
        let text = format!("clickid={clickid}&event=registration&status=approved&sub_id_1=a{raw}b");
        let sign = hmac_hex(SECRET, &text);
        let get = Message::new("GET", format!("/v1/event?{text}&sign={sign}"));
        let answer = gate.send_tls(&get).await;
        if matches!(raw, '"' | '<' | '>') {
            answer.refused(400, "unreadable");
            let way_out = format!("write it as %{:02X}", u32::from(raw));
            assert!(answer.text("message").contains(&way_out), "{answer:?}");
        } else {
            answer.recorded("accepted");
            kept += 1;
        }
    }
    assert_eq!(gate.ledger().await.deliveries().await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_eaten_timestamp_is_put_back_as_well() {
    let gate = Gate::open().await;
    let sorted = "clickid=click-1&event=lead&status=pending&timestamp=1717000000";
    let sign = hmac_hex(SECRET, sorted);
    let target = format!(
        "/v1/event?clickid=click-1&event=lead&status=pending%C3%97tamp=1717000000&sign={sign}"
    );
    gate.send(&Message::new("GET", &target))
        .await
        .recorded("accepted")
        .warns_of("timestamp");
}
