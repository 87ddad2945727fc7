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

/// Texts that one postback sends and another means, each as (sent so, sent to mean the same).
const TWO_READINGS: [(&str, &str); 3] = [
    (
        "clickid=abc&transaction_id=tx%3A1",
        "clickid=abc&transaction_id=tx%253A1",
    ),
    (
        "clickid=abc&transaction_id=tx+2",
        "clickid=abc&transaction_id=tx%2B2",
    ),
    ("%61=1&clickid=abc", "%2561=1&clickid=abc"),
];

#[test]
fn what_one_postback_sends_is_not_what_another_means() {
    for (as_sent, as_meant) in TWO_READINGS {
        let sign = hmac_of(as_sent);
        let signed = |request| Request {
            sign_header: Some(sign.as_bytes()),
            ..request
        };
        assert_eq!(verify(&signed(get(as_sent))), Ok(Form::Params));
        assert_eq!(verify(&signed(form(as_sent))), Ok(Form::Raw));
        let decoded = FormSet::none().with(Form::ParamsDecoded);
        for forged in [signed(get(as_meant)), signed(form(as_meant))] {
            for as_sent in [Form::Params, Form::Raw] {
                let both = decoded.with(as_sent);
                let verified = verify_among(&page_keys(), &forged, both);
                assert_eq!(verified, Err(NotSigned::Mismatch), "{as_meant}");
            }
            assert_eq!(verify(&forged), Err(NotSigned::Mismatch), "{as_meant}");
            // Pinned to the decoded form alone, the text has this one reading.
            let pinned = verify_among(&page_keys(), &forged, decoded).map(|v| v.0);
            assert_eq!(pinned, Ok(Form::ParamsDecoded), "{as_meant}");
        }
    }
}

#[test]
fn a_raw_body_does_not_cover_what_a_repair_made_of_it() {
    // The visitor's sub id reads like an eaten name, and the partner signed the bytes.
    let body = "amount=50&clickid=abc&event=ftd&sub_id_1=x¤cy=USD";
    let sign = hmac_of(body);
    let request = Request {
        sign_header: Some(sign.as_bytes()),
        ..form(body)
    };
    assert_eq!(verify(&request), Err(NotSigned::Mismatch));
    assert_eq!(sign_raw(&request), None);
    let repaired = hmac_of("amount=50&clickid=abc&currency=USD&event=ftd&sub_id_1=x");
    let request = Request {
        sign_header: Some(repaired.as_bytes()),
        ..form(body)
    };
    assert_eq!(verify(&request), Ok(Form::Params));
}

fn sign_raw(request: &Request<'_>) -> Option<String> {
    sign(&secret(PAGE_SECRET), Form::Raw, request, &read(request))
}

#[test]
fn a_json_body_signed_as_sent_does_not_count_as_parameters() {
    let body = " {\"sub_id_1\":\"x=1&clickid=abc&event=ftd&sub_id_2=y\"}";
    let sign = hmac_of(body);
    let signed = |request| Request {
        sign_header: Some(sign.as_bytes()),
        ..request
    };
    assert_eq!(verify(&signed(json(body))), Ok(Form::Raw));
    let encoded = body.replacen(" {", "%20%7B", 1).replace('"', "%22");
    for forged in [get(&encoded), form(&encoded)] {
        assert_eq!(verify(&signed(forged)), Err(NotSigned::Mismatch));
    }
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
