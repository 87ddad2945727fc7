//! Postbacks as partners send them, and what becomes of each.

mod amounts;
mod doubts;
mod test_mark;

use super::*;
use crate::event::EventKind::{Cashout, Ftd, Lead, Redeposit, Registration};
use crate::money::AmountUnit::{self, Major, Minor};
use crate::request::{Encoding, Request};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PAGE_SAMPLE: &str = r#"{"clickid":"abc123def456","event":"ftd","status":"approved",
    "amount":"50.00","currency":"USD","geo":"DE","sub_id_1":"fb_de_001","sub_id_2":"pwa",
    "payment_method":"card","timestamp":1717000000,"sign":"hmac_sha256_hex"}"#;

fn read_from(
    encoding: Encoding,
    query: &str,
    body: &str,
    unit: AmountUnit,
) -> Result<Event, NotAnEvent> {
    let request = Request {
        encoding,
        query: query.as_bytes(),
        body: body.as_bytes(),
        sign_header: None,
        time_header: None,
    };
    Event::read(&request.read().expect("readable"), unit)
}

fn read_json(body: &str) -> Result<Event, NotAnEvent> {
    read_from(Encoding::Json, "", body, Major)
}

fn read_query(query: &str) -> Result<Event, NotAnEvent> {
    read_from(Encoding::Query, query, "", Major)
}

fn errors_of(read: Result<Event, NotAnEvent>) -> Vec<FieldError> {
    match read {
        Err(NotAnEvent::Invalid(errors)) => errors,
        other => panic!("expected errors, got {other:?}"),
    }
}

fn doubts_of(read: Result<Event, NotAnEvent>) -> Vec<Doubt> {
    match read {
        Err(NotAnEvent::Doubtful(doubts)) => doubts,
        other => panic!("expected doubts, got {other:?}"),
    }
}

fn fields(errors: &[FieldError]) -> Vec<&str> {
    errors.iter().map(|error| error.field.as_str()).collect()
}

/// A valid ftd with some fields added or replaced by what is given.
fn ftd_with(changes: &str) -> String {
    let mut parameters = vec![
        "clickid=c1",
        "event=ftd",
        "status=approved",
        "amount=50.00",
        "currency=USD",
    ];
    for change in changes.split('&').filter(|change| !change.is_empty()) {
        let name = change.split('=').next().unwrap_or_default();
        parameters.retain(|known| known.split('=').next() != Some(name));
        parameters.push(change);
    }
    parameters.join("&")
}

#[test]
fn the_sample_of_the_page_is_an_event() {
    let event = read_json(PAGE_SAMPLE).expect("the page's sample");
    assert_eq!(event.clickid.as_str(), "abc123def456");
    assert_eq!((event.kind, event.status), (Ftd, Status::Approved));
    assert_eq!(event.money.expect("money").to_string(), "50.00 USD");
    assert_eq!(event.geo.expect("geo").code(), "DE");
    assert_eq!(event.sub_id_1.as_deref(), Some("fb_de_001"));
    assert_eq!(event.sub_id_2.as_deref(), Some("pwa"));
    assert_eq!(event.payment_method, Some(PaymentMethod::Card));
    assert_eq!(event.timestamp, Some(UnixSeconds(1_717_000_000)));
    assert_eq!((event.reason, event.transaction_id), (None, None));
}

#[test]
fn the_same_sample_filled_in_is_an_event() {
    let event =
        read_query("clickid=c1&event=ftd&status=approved&amount=50¤cy=USD&sign=00").expect("event");
    assert_eq!(event.money.expect("money").minor(), 5000);
}

#[test]
fn every_event_may_come_with_every_status() {
    for kind in EventKind::ALL {
        for status in Status::ALL {
            let event =
                read_query(&ftd_with(&format!("event={kind}&status={status}"))).expect("event");
            assert_eq!((event.kind, event.status), (*kind, *status));
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let errors = errors_of(read_query(
        "clickid=%09&event=deposit&status=ok&amount=-5&currency=DOLLAR&geo=UK&sub_id_1=%01&sub_id_2=%7F\
         &payment_method=cash&reason=%7F&timestamp=1717000000000&transaction_id=%20x",
    ));
    assert_eq!(
        fields(&errors),
        [
            "clickid",
            "event",
            "status",
            "currency",
            "amount",
            "geo",
            "sub_id_1",
            "sub_id_2",
            "payment_method",
            "reason",
            "timestamp",
            "transaction_id",
        ]
    );
    let geo = &errors[5];
    assert_eq!(geo.received.as_deref(), Some("UK"));
    assert!(geo.expected.contains("GB"), "{geo}");
    assert!(
        errors[10].expected.contains("milliseconds"),
        "{}",
        errors[10]
    );
}

#[test]
fn missing_required_fields_are_named_with_what_belongs_there() {
    let errors = errors_of(read_query("sign=00"));
    assert_eq!(fields(&errors), ["clickid", "event", "status"]);
    assert!(errors.iter().all(|error| error.received.is_none()));
    assert!(
        errors[0]
            .to_string()
            .starts_with("clickid: missing, expected the click id")
    );
}

#[test]
fn an_empty_required_field_is_missing() {
    let errors = errors_of(read_query(&ftd_with("clickid=")));
    assert_eq!(fields(&errors), ["clickid"]);
    assert_eq!(errors[0].received.as_deref(), Some(""));
}

#[test]
fn a_name_in_the_wrong_case_is_pointed_out() {
    let errors = errors_of(read_query("ClickID=c1&event=lead&status=pending"));
    assert_eq!(fields(&errors), ["clickid"]);
    assert!(errors[0].expected.contains("`ClickID`"), "{}", errors[0]);
}

#[test]
fn empty_and_null_optional_fields_are_absent() {
    let query = "clickid=c1&event=lead&status=pending&amount=&currency=&geo=&sub_id_1=&sub_id_2=\
                 &payment_method=&reason=&timestamp=&transaction_id=";
    let from_query = read_query(query).expect("event");
    let from_json = read_json(
        r#"{"clickid":"c1","event":"lead","status":"pending","amount":null,"geo":null,"timestamp":null}"#,
    );
    assert_eq!(from_json.expect("event"), from_query);
    assert_eq!(
        (from_query.money, from_query.geo, from_query.timestamp),
        (None, None, None)
    );
}

#[test]
fn ids_may_be_whole_json_numbers_but_nothing_an_encoder_rounded() {
    let with_id = |id: &str| {
        read_json(&format!(
            r#"{{"clickid":{id},"event":"lead","status":"pending"}}"#
        ))
    };
    assert_eq!(
        with_id("12345678901234567890123")
            .expect("event")
            .clickid
            .as_str(),
        "12345678901234567890123"
    );
    for id in ["1.2e25", "1.0", "-1", "true", "false"] {
        assert_eq!(fields(&errors_of(with_id(id))), ["clickid"], "{id}");
    }
}

#[test]
fn what_was_received_is_cut_to_a_readable_length() {
    let errors = errors_of(read_query(&ftd_with(&format!("geo={}", "é".repeat(500)))));
    assert_eq!(
        errors[0]
            .received
            .as_ref()
            .expect("received")
            .chars()
            .count(),
        64
    );
}

#[test]
fn problems_serialise_with_readable_words() {
    let errors = errors_of(read_query(&ftd_with("geo=UK")));
    assert_eq!(
        serde_json::to_string(&errors[0]).expect("json"),
        r#"{"field":"geo","received":"UK","expected":"GB (that is the ISO 3166-1 code of this country)"}"#
    );
    let doubts = doubts_of(read_query(&ftd_with("amount={amount}")));
    assert_eq!(
        serde_json::to_string(&doubts[0]).expect("json"),
        r#"{"field":"amount","received":"{amount}","reason":"unresolved_macro","message":"an unresolved macro of the sending template; have it replaced by the value"}"#
    );
}

#[test]
fn all_problems_are_shown_a_line_each() {
    let refusal = read_query(&ftd_with("geo=ZZ&status=ok")).expect_err("two mistakes");
    assert_eq!(
        refusal.to_string(),
        "status: expected one of approved, pending, rejected, received \"ok\"\n\
         geo: expected a two-letter country code of ISO 3166-1, such as DE, received \"ZZ\""
    );
}
