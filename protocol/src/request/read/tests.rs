//! Stories of `read`.

use super::*;
use crate::testing::{form, get, json, pairs, read, refusal};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn duplicate(field: &str) -> Unreadable {
    Unreadable::DuplicateField {
        field: field.to_owned(),
    }
}

#[test]
fn a_name_may_stand_once_however_it_is_spelt() {
    assert_eq!(
        refusal(&json(r#"{"amount":1,"amount":2}"#)),
        duplicate("amount")
    );
    assert_eq!(
        refusal(&json(r#"{"amount":1,"amo\u0075nt":2}"#)),
        duplicate("amount")
    );
    assert_eq!(
        refusal(&json(r#"{"amount":1,"AMOUNT":2}"#)),
        duplicate("amount")
    );
    assert_eq!(refusal(&get("amount=1&amount=1")), duplicate("amount"));
    assert_eq!(refusal(&get("amount=1&am%6funt=2")), duplicate("amount"));
    assert_eq!(refusal(&form("amount=1&Amount=2")), duplicate("amount"));
    assert_eq!(refusal(&form("sign=1&\u{17f}ign=2")), duplicate("sign"));
    assert_eq!(refusal(&form("geo=1¤cy=x%A4cy=y")), duplicate("currency"));
}

#[test]
fn what_no_url_can_carry_is_refused_with_the_way_to_write_it() {
    for raw in ["\"", "<", ">", "#", " ", "\t", "\u{7f}"] {
        let query = format!("clickid=a{raw}b");
        let byte = raw.as_bytes()[0];
        let beside_a_body = Request {
            query: query.as_bytes(),
            ..json(r#"{"clickid":"a"}"#)
        };
        for request in [get(&query), beside_a_body] {
            assert_eq!(refusal(&request), Unreadable::RawCharacter { byte });
        }
        assert_eq!(
            pairs(&read(&form(&query))),
            [format!("clickid=a{raw}b")],
            "a body may hold it"
        );
    }
    let refused = refusal(&get("clickid=<clickid>"));
    assert!(refused.to_string().ends_with("write it as %3C"));
    let harmless = "clickid={a}`|\\^'[]!$();:@,/?*~ü";
    assert_eq!(pairs(&read(&get(harmless))), [harmless]);
}

#[test]
fn beside_a_body_the_query_holds_source_and_sign_only() {
    let with = |query: &'static str| Request {
        query: query.as_bytes(),
        ..json(r#"{"clickid":"a"}"#)
    };
    let postback = read(&with("source=acme&sign=ab"));
    assert_eq!(pairs(&postback), ["clickid=a"]);
    assert_eq!(
        (postback.sign(), postback.sign_in_header()),
        (Some("ab"), false)
    );
    for query in ["event=ftd", "sign=ab&Source=acme", "clickid=a", "x"] {
        assert!(
            matches!(refusal(&with(query)), Unreadable::FieldsInQuery { .. }),
            "{query}"
        );
    }
    assert_eq!(refusal(&with("sign=ab&sign=ab")), duplicate("sign"));
    assert_eq!(refusal(&with("source=a&SOURCE=a")), duplicate("source"));
    assert!(matches!(
        refusal(&with("sign=%zz")),
        Unreadable::BadPercent { .. }
    ));
}

#[test]
fn the_signature_may_stand_in_several_places_if_it_is_the_same() {
    let request = |header: &'static str, query: &'static str, body: &'static str| Request {
        sign_header: Some(header.as_bytes()),
        query: query.as_bytes(),
        ..json(body)
    };
    let everywhere = request("AB", "sign=ab", r#"{"sign":"aB"}"#);
    assert_eq!(read(&everywhere).sign(), Some("AB"));
    for differing in [
        request("ab", "sign=ab", r#"{"sign":"cd"}"#),
        request("ab", "sign=cd", r#"{"sign":"ab"}"#),
        request("cd", "", r#"{"sign":"ab"}"#),
        request("", "sign=cd", r#"{"sign":"ab"}"#),
    ] {
        assert_eq!(refusal(&differing), Unreadable::SignConflict);
    }
}

#[test]
fn an_empty_signature_counts_as_absent() {
    assert_eq!(read(&json(r#"{"sign":""}"#)).sign(), None);
    assert_eq!(read(&json(r#"{"sign":null}"#)).sign(), None);
    assert_eq!(read(&get("sign=&geo=DE")).sign(), None);
    let header = Request {
        sign_header: Some(b""),
        ..get("sign=ab")
    };
    let postback = read(&header);
    assert_eq!(
        (postback.sign(), postback.sign_in_header()),
        (Some("ab"), false)
    );
}

#[test]
fn a_request_without_fields_is_refused() {
    for request in [
        json(""),
        json(" \n"),
        json("{}"),
        form(""),
        form("&&"),
        get(""),
    ] {
        assert_eq!(refusal(&request), Unreadable::NoFields);
    }
}

#[test]
fn a_get_with_a_body_is_refused() {
    let request = Request {
        body: b"{}",
        ..get("clickid=a")
    };
    assert_eq!(refusal(&request), Unreadable::BodyOnGet);
}

#[test]
fn text_that_is_not_plain_utf8_is_refused() {
    assert_eq!(
        refusal(&json("\u{feff}{\"a\":1}")),
        Unreadable::ByteOrderMark
    );
    assert_eq!(refusal(&form("\u{feff}a=1")), Unreadable::ByteOrderMark);
    let broken = Request {
        body: b"{\"a\":\"\xff\"}",
        ..json("")
    };
    assert_eq!(refusal(&broken), Unreadable::NotUtf8);
    assert_eq!(
        refusal(&Request {
            body: b"a=\xff",
            ..form("")
        }),
        Unreadable::NotUtf8
    );
    assert_eq!(refusal(&get("a=%ff")), Unreadable::NotUtf8);
}

#[test]
fn a_nul_is_refused_however_it_is_written() {
    for request in [
        json("{\"a\":\"\0\"}"),
        json(r#"{"a":"\u0000"}"#),
        json(r#"{"\u0000":1}"#),
        get("a=%00"),
        form("a%00=1"),
        form("a=\0"),
    ] {
        assert_eq!(refusal(&request), Unreadable::Nul);
    }
}

#[test]
fn a_nameless_field_is_refused() {
    for request in [json(r#"{"":1}"#), get("=1"), form("a=1&=")] {
        assert_eq!(refusal(&request), Unreadable::EmptyName);
    }
}

#[test]
fn sixty_four_fields_are_read_and_one_more_is_not() {
    let names = |n: usize| {
        (0..n)
            .map(|i| format!("f{i}=1"))
            .collect::<Vec<_>>()
            .join("&")
    };
    let members = |n: usize| {
        let members: Vec<_> = (0..n).map(|i| format!("\"f{i}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert_eq!(read(&get(&names(MAX_FIELDS))).fields().len(), MAX_FIELDS);
    assert_eq!(read(&json(&members(MAX_FIELDS))).fields().len(), MAX_FIELDS);
    assert_eq!(
        refusal(&get(&names(MAX_FIELDS + 1))),
        Unreadable::TooManyFields
    );
    assert_eq!(
        refusal(&json(&members(MAX_FIELDS + 1))),
        Unreadable::TooManyFields
    );
}

#[test]
fn names_values_and_queries_are_read_up_to_their_limits() {
    let long = |n: usize| "a".repeat(n);
    assert!(get(&format!("{}=1", long(MAX_NAME_BYTES))).read().is_ok());
    let refused = refusal(&get(&format!("{}=1", long(MAX_NAME_BYTES + 1))));
    assert_eq!(refused, Unreadable::NameTooLong { field: long(64) });
    assert!(get(&format!("a={}", long(MAX_FIELD_BYTES))).read().is_ok());
    let refused = refusal(&get(&format!("a={}", long(MAX_FIELD_BYTES + 1))));
    assert_eq!(refused, Unreadable::ValueTooLong { field: long(1) });
    let refused = refusal(&get(&long(MAX_QUERY_BYTES + 1)));
    assert_eq!(refused, Unreadable::QueryTooLong);
}

#[test]
fn unknown_fields_are_read_and_warned_of() {
    let postback = read(&json(r#"{"clickid":"a","colour":"red","Amount":1}"#));
    let unknown = |name: &str| Warning::UnknownField {
        name: name.to_owned(),
    };
    assert_eq!(postback.warnings(), [unknown("colour"), unknown("Amount")]);
    assert!(
        read(&get("clickid=a&sign=b&source=c&transaction_id=d"))
            .warnings()
            .is_empty()
    );
}

#[test]
fn the_payloads_own_source_is_told() {
    assert_eq!(read(&json(r#"{"source":"acme"}"#)).source(), Some("acme"));
    assert_eq!(read(&json(r#"{"source":null}"#)).source(), None);
    assert_eq!(read(&get("source=acme")).source(), Some("acme"));
}

#[test]
fn messages_repeat_a_strangers_text_short_and_on_one_line() {
    let refused = refusal(&json(r#"{"a\nb":[]}"#)).to_string();
    assert_eq!(
        refused,
        "`a\u{fffd}b` holds an object or a list; send one flat object of texts and numbers"
    );
}

#[test]
fn a_json_body_is_not_read_as_a_form() {
    for body in [r#"{"sub_id_1":"&clickid=a&event=ftd"}"#, " [1]", "\n\"a\""] {
        assert_eq!(refusal(&form(body)), Unreadable::JsonAsForm);
    }
}

#[test]
fn known_names_are_told_from_one_another_and_from_all_else() {
    let of = |names: &[&str]| {
        let members: Vec<_> = names.iter().map(|name| format!("\"{name}\":1")).collect();
        let body = format!("{{{}}}", members.join(","));
        are_known_and_different(&super::super::json::read(body.as_bytes()).unwrap())
    };
    assert!(of(&KNOWN_FIELDS));
    for (place, name) in KNOWN_FIELDS.iter().enumerate() {
        assert!(of(&[name]) && !of(&[name, name]), "{name}");
        for other in &KNOWN_FIELDS[..place] {
            assert!(
                of(&[name, other]) && !name.eq_ignore_ascii_case(other),
                "{name} {other}"
            );
        }
        for unknown in [
            name.to_uppercase(),
            format!("{name}x"),
            name[1..].to_owned(),
            String::new(),
        ] {
            assert!(!of(&[&unknown]), "{unknown}");
        }
    }
}
