//! Signatures that must not count.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn a_visitor_cannot_slip_a_parameter_in_as_an_entity() {
    // The partner signed a sub id that reads like an eaten name; the repair changes the text.
    let sign = hmac_of("clickid=abc&sub_id_1=x¤cy=USD");
    let url = format!("clickid=abc&sub_id_1=x¤cy=USD&sign={sign}");
    assert_eq!(verify(&get(&url)), Err(NotSigned::Mismatch));
}

#[test]
fn two_postbacks_whose_decoded_parameters_join_alike_do_not_share_a_signature() {
    let visitor = "abc&currency=USD&event=ftd&status=approved&sub_id_1=";
    let rejected = [
        ("clickid", visitor),
        ("currency", "EUR"),
        ("event", "rejected"),
        ("status", "rejected"),
    ];
    let joined: Vec<_> = rejected.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let sign = hmac_of(&joined.join("&"));
    let encoded = visitor.replace('&', "%26").replace('=', "%3D");
    let honest =
        format!("clickid={encoded}&currency=EUR&event=rejected&status=rejected&sign={sign}");
    assert_eq!(verify(&get(&honest)), Err(NotSigned::Mismatch));
    // What the attacker makes of it: the tail hides in a value, the head says an approved ftd.
    let tail = "%26currency%3DEUR%26event%3Drejected%26status%3Drejected";
    let forged =
        format!("clickid=abc&currency=USD&event=ftd&status=approved&sub_id_1={tail}&sign={sign}");
    assert_eq!(verify(&get(&forged)), Err(NotSigned::Mismatch));
    let decoded_only = FormSet::none().with(Form::ParamsDecoded);
    let pinned = verify_among(&page_keys(), &get(&forged), decoded_only);
    assert_eq!(pinned, Err(NotSigned::Mismatch));
}

#[test]
fn the_raw_body_counts_only_when_the_signature_is_in_the_header() {
    let spaced = r#"{ "clickid": "a" }"#;
    let sign = hmac_of(spaced);
    let in_header = Request {
        sign_header: Some(sign.as_bytes()),
        ..json(spaced)
    };
    assert_eq!(verify(&in_header), Ok(Form::Raw));
    let query = format!("sign={sign}");
    let in_query = Request {
        query: query.as_bytes(),
        ..json(spaced)
    };
    assert_eq!(verify(&in_query), Err(NotSigned::Mismatch));
    // An empty body's MAC must not open a GET.
    let of_nothing = hmac_of("");
    let empty = Request {
        sign_header: Some(of_nothing.as_bytes()),
        ..get("clickid=a")
    };
    assert_eq!(verify(&empty), Err(NotSigned::Mismatch));
}

#[test]
fn hex_of_either_case_counts_and_nothing_else_does() {
    let upper = with_member(PAGE_TEXT, &PAGE_SIGN.to_uppercase());
    assert_eq!(verify(&json(&upper)), Ok(Form::Json));
    let cut = &PAGE_SIGN[..63];
    for malformed in [
        cut.to_owned(),
        format!("{PAGE_SIGN}0"),
        format!("{PAGE_SIGN}00"),
        format!("{cut}g"),
        format!("0x{}", &PAGE_SIGN[..62]),
        format!("sha256={PAGE_SIGN}"),
        format!(" {cut}"),
        "é".repeat(32),
        "hmac_sha256_hex".to_owned(),
    ] {
        let body = with_member(PAGE_TEXT, &malformed);
        assert_eq!(
            verify(&json(&body)),
            Err(NotSigned::Malformed),
            "{malformed}"
        );
    }
    let not_text = Request {
        sign_header: Some(b"\xff"),
        ..json(PAGE_TEXT)
    };
    assert_eq!(verify(&not_text), Err(NotSigned::Malformed));
}

#[test]
fn a_postback_without_signature_is_not_signed() {
    assert_eq!(verify(&json(PAGE_TEXT)), Err(NotSigned::Missing));
    assert_eq!(verify(&get("clickid=a&sign=")), Err(NotSigned::Missing));
}

#[test]
fn another_partners_secret_does_not_count() {
    let sign = sign(
        &secret("some other secret"),
        Form::Json,
        &json(PAGE_TEXT),
        &read(&json(PAGE_TEXT)),
    );
    let body = with_member(PAGE_TEXT, &sign.unwrap());
    assert_eq!(verify(&json(&body)), Err(NotSigned::Mismatch));
}

#[test]
fn a_signed_time_cannot_be_stripped_by_hiding_it_in_a_name() {
    let sign = hmac_of("1717000000.amount=5&clickid=a");
    let honest = Request {
        time_header: Some(b"1717000000"),
        sign_header: Some(sign.as_bytes()),
        ..get("amount=5&clickid=a")
    };
    assert_eq!(verify(&honest), Ok(Form::Params));
    let stripped = "1717000000.amount=5&clickid=a";
    for request in [get(stripped), form(stripped)] {
        let forged = Request {
            sign_header: Some(sign.as_bytes()),
            ..request
        };
        assert_eq!(verify(&forged), Err(NotSigned::Mismatch));
    }
}
