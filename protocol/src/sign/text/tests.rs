//! Stories of `text`.

use super::*;
use crate::testing::{form, get, json, read};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn of_json(form: Form, body: &str) -> String {
    let request = json(body);
    let text = text(form, &read(&request), request.body).unwrap();
    String::from_utf8(text.into_owned()).unwrap()
}

fn of_params(form: Form, query: &str) -> Option<String> {
    let text = text(form, &read(&get(query)), b"")?;
    Some(String::from_utf8(text.into_owned()).unwrap())
}

#[test]
fn members_are_sorted_compact_and_without_the_sign() {
    let body =
        r#"{ "b" : 1.0, "sign":"00", "a":"x", "C":null, "é":true, "\ud834\udd1e":1, "\uffee":2 }"#;
    // By code point, where an order of UTF-16 units would put the clef before U+FFEE.
    let sorted = r#"{"C":null,"a":"x","b":1.0,"é":true,"\uffee":2,"\ud834\udd1e":1}"#;
    assert_eq!(of_json(Form::Json, body), sorted);
}

#[test]
fn tokens_stay_as_sent_in_the_first_form() {
    let body = r#"{"b":1e2,"a\u0041":"\u002F\/é"}"#;
    assert_eq!(
        of_json(Form::Json, body),
        r#"{"a\u0041":"\u002F\/é","b":1e2}"#
    );
    assert_eq!(of_json(Form::Raw, body), body);
}

#[test]
fn a_body_is_taken_for_the_signed_text_only_where_it_is_that_text() {
    let is_text = |body: &str| {
        let request = json(body);
        let postback = read(&request);
        is_sent_as_signed(&postback, request.body)
    };
    for body in [
        r#"{"a":1}"#,
        r#"{"a":"x","b\u0062":" : ,","c":null}"#,
        r#"{"a":1 }"#,
        r#"{"a": 1}"#,
        r#" {"a":1}"#,
        "{\"a\":1}\n",
        r#"{"b":1,"a":2}"#,
        r#"{"a":1,"sign":"00"}"#,
        r#"{"sign":"00","a":1}"#,
    ] {
        assert_eq!(is_text(body), of_json(Form::Json, body) == body, "{body}");
    }
    assert!(is_text(r#"{"a":"x","b\u0062":" : ,","c":null}"#));
    let request = form("a=1");
    let postback = read(&request);
    assert!(!is_sent_as_signed(&postback, request.body));
}

#[test]
fn texts_are_escaped_anew_as_each_encoder_does() {
    let body = "{\"a\":\"/é\u{7f}𝄞\u{2028}\\u001f\\b\\f\\n\\r\\t\\\"\\\\<\",\"n\":1.50}";
    let ascii = r#"{"a":"/\u00e9\u007f\ud834\udd1e\u2028\u001f\b\f\n\r\t\"\\<","n":1.50}"#;
    assert_eq!(of_json(Form::JsonAscii, body), ascii);
    let utf8 = "{\"a\":\"/é\u{7f}𝄞\u{2028}\\u001f\\b\\f\\n\\r\\t\\\"\\\\<\",\"n\":1.50}";
    assert_eq!(of_json(Form::JsonUtf8, body), utf8);
    let slash = "{\"a\":\"\\/\\u00e9\u{7f}\\ud834\\udd1e\\u2028\\u001f\\b\\f\\n\\r\\t\\\"\\\\<\",\"n\":1.50}";
    assert_eq!(of_json(Form::JsonSlash, body), slash);
}

#[test]
fn parameters_are_sorted_and_joined_as_sent_or_decoded() {
    let query = "b=x%20y+z&sign=00&a=&D=%7e&c";
    assert_eq!(
        of_params(Form::Params, query).unwrap(),
        "D=%7e&a=&b=x%20y+z&c="
    );
    assert_eq!(
        of_params(Form::ParamsDecoded, query).unwrap(),
        "D=~&a=&b=x y z&c="
    );
}

#[test]
fn what_could_be_joined_in_two_ways_has_no_decoded_text() {
    for query in ["a=x%26y", "a=x%3Dy", "a%3D=x", "a%26=x", "a=x=y"] {
        assert_eq!(of_params(Form::ParamsDecoded, query), None, "{query}");
        assert!(of_params(Form::Params, query).is_some());
    }
    assert_eq!(
        of_params(Form::ParamsDecoded, "a=b&sign=x%26y").unwrap(),
        "a=b"
    );
}

#[test]
fn a_form_applies_to_its_own_encoding_only() {
    let request = json(r#"{"a":1}"#);
    let applies = |postback: &Postback<'_>| {
        let forms = Form::ALL.into_iter();
        forms
            .filter(|&form| text(form, postback, b"").is_some())
            .map(Form::name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        applies(&read(&request)),
        ["raw", "json", "json-ascii", "json-utf8", "json-slash"]
    );
    assert_eq!(
        applies(&read(&form("a=1"))),
        ["raw", "params", "params-decoded"]
    );
    assert_eq!(applies(&read(&get("a=1"))), ["params", "params-decoded"]);
}
