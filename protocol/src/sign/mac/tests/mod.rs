//! Stories of signing and verifying.

mod attacks;
mod spans;

use super::*;
use crate::testing::{PAGE_SECRET, PAGE_SIGN, PAGE_TEXT, form, get, json, read};
use hmac::KeyInit;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: UnixSeconds = UnixSeconds(1_717_000_000);
const TOLERANCE_SECONDS: u32 = 300;

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap()
}

fn key(id: &str, text: &str) -> Key {
    Key {
        id: KeyId::parse(id).unwrap(),
        secret: secret(text),
        not_before: None,
        not_after: None,
    }
}

fn page_keys() -> Keyring {
    Keyring::new(vec![key("page", PAGE_SECRET)])
}

fn verify_among(
    keys: &Keyring,
    request: &Request<'_>,
    forms: FormSet,
) -> Result<(Form, String), NotSigned> {
    let verified = keys.verify(request, &read(request), forms, NOW, TOLERANCE_SECONDS);
    verified.map(|v| (v.form, v.key_id.to_string()))
}

fn verify(request: &Request<'_>) -> Result<Form, NotSigned> {
    verify_among(&page_keys(), request, FormSet::all()).map(|(form, _)| form)
}

fn signed(request: &Request<'_>, form: Form) -> String {
    sign(&secret(PAGE_SECRET), form, request, &read(request)).unwrap()
}

/// The hex a partner's own code would send for a text of its own making.
fn hmac_of(text: &str) -> String {
    let tag = tag(keyed(PAGE_SECRET.as_bytes()), None, text.as_bytes());
    tag.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn with_member(body: &str, sign: &str) -> String {
    format!(r#"{},"sign":"{sign}"}}"#, body.strip_suffix('}').unwrap())
}

#[test]
fn the_pages_sample_has_its_known_signature() {
    assert_eq!(hmac_of(PAGE_TEXT), PAGE_SIGN);
    for form in [
        Form::Raw,
        Form::Json,
        Form::JsonAscii,
        Form::JsonUtf8,
        Form::JsonSlash,
    ] {
        assert_eq!(signed(&json(PAGE_TEXT), form), PAGE_SIGN);
    }
}

#[test]
fn the_pages_sample_is_verified_with_the_sign_in_either_place() {
    let body = with_member(PAGE_TEXT, PAGE_SIGN);
    assert_eq!(verify(&json(&body)), Ok(Form::Json));
    let unsorted = r#"{"clickid": "abc123def456", "event": "ftd", "status": "approved", "amount": "50.00", "currency": "USD", "timestamp": 1717000000}"#;
    let unsorted = Request {
        sign_header: Some(PAGE_SIGN.as_bytes()),
        ..json(unsorted)
    };
    assert_eq!(verify(&unsorted), Ok(Form::Json));
    let raw = Request {
        sign_header: Some(PAGE_SIGN.as_bytes()),
        ..json(PAGE_TEXT)
    };
    assert_eq!(verify(&raw), Ok(Form::Raw));
}

#[test]
fn the_macs_of_rfc_4231_come_out() {
    let check = |key: &[u8], text: &[u8], expected: &str| {
        let tag = tag(keyed(key), None, text);
        assert_eq!(unhex(expected), Some(tag));
    };
    // Test cases 1, 2, 3, 4, 6 and 7; 5 truncates the output, which nothing here does.
    check(
        &[0x0b; 20],
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    );
    check(
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    check(
        &[0xaa; 20],
        &[0xdd; 50],
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    );
    let counting: Vec<u8> = (1..=25).collect();
    check(
        &counting,
        &[0xcd; 50],
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    );
    check(
        &[0xaa; 131],
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    );
    check(
        &[0xaa; 131],
        b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    );
}

#[test]
fn a_tag_is_read_from_hex_digits_of_either_case_only() {
    for byte in 0..0x80 {
        let digit = char::from(byte);
        let both_halves = digit.to_digit(16).map(|value| [value as u8 * 0x11; 32]);
        assert_eq!(
            unhex(&digit.to_string().repeat(64)),
            both_halves,
            "{digit:?}"
        );
    }
    let digits = "0123456789abcdefABCDEF9876543210".repeat(2);
    let tag = unhex(&digits).unwrap();
    assert_eq!(tag[..4], [0x01, 0x23, 0x45, 0x67]);
    assert_eq!(tag[8..12], [0xab, 0xcd, 0xef, 0x98]);
    for (place, _) in digits.char_indices() {
        let (before, rest) = digits.split_at(place);
        let spoilt = format!("{before}g{}", &rest[1..]);
        assert_eq!(unhex(&spoilt), None, "{place}");
    }
    for length in [0, 62, 63, 65, 66, 128] {
        assert_eq!(unhex(&"a".repeat(length)), None, "{length}");
    }
}

#[test]
fn a_tag_that_differs_in_one_bit_does_not_fit() {
    let (key, text) = (key("k1", "a secret of its own"), b"text");
    let right = tag(key.secret.mac(), None, text);
    assert!(bool::from(fits(&key, None, text, &right)));
    for bit in 0..8 * right.len() {
        let mut wrong = right;
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert!(!bool::from(fits(&key, None, text, &wrong)), "bit {bit}");
    }
}

#[test]
fn each_form_signs_and_verifies_alone() {
    // A slash, a letter beyond ASCII and an escape make every JSON form's text its own.
    let body = r#"{"sub_id_1":"a\u002Fb/\u00e9\u007f","clickid":"c"}"#;
    let form_body = "sub_id_1=a%2Fb+c&clickid=c";
    for form_of_sign in Form::ALL {
        let is_json = form_of_sign.name().starts_with("json") || form_of_sign == Form::Raw;
        let request = if is_json { json(body) } else { form(form_body) };
        let sign = signed(&request, form_of_sign);
        let signed = Request {
            sign_header: Some(sign.as_bytes()),
            ..request
        };
        assert_eq!(verify(&signed), Ok(form_of_sign));
        let alone = FormSet::none().with(form_of_sign);
        let keys = page_keys();
        assert_eq!(
            verify_among(&keys, &signed, alone).map(|v| v.0),
            Ok(form_of_sign)
        );
        let others = Form::ALL.into_iter().filter(|&other| other != form_of_sign);
        let refused = verify_among(&keys, &signed, others.collect());
        assert_eq!(refused, Err(NotSigned::Mismatch), "{form_of_sign}");
    }
}

#[test]
fn a_get_is_signed_over_its_sorted_parameters() {
    let sent = hmac_of("amount=&clickid=a%20b&event=ftd");
    let url = format!("event=ftd&clickid=a%20b&amount=&sign={sent}");
    assert_eq!(verify(&get(&url)), Ok(Form::Params));
    let decoded = hmac_of("amount=&clickid=a b&event=ftd");
    let url = format!("event=ftd&clickid=a%20b&amount=&sign={decoded}");
    assert_eq!(verify(&get(&url)), Ok(Form::ParamsDecoded));
}

#[test]
fn a_mangled_url_is_verified_as_the_partner_signed_it() {
    let sign = hmac_of("amount=50.00&clickid=abc&currency=USD&event=ftd&status=approved");
    for entity in ["¤", "%C2%A4", "%A4"] {
        let url =
            format!("clickid=abc&event=ftd&status=approved&amount=50.00{entity}cy=USD&sign={sign}");
        assert_eq!(verify(&get(&url)), Ok(Form::Params));
    }
}

#[test]
fn forms_that_give_one_text_are_computed_once() {
    let count =
        |request: &Request<'_>| distinct_texts(request, &read(request), FormSet::all()).len();
    assert_eq!(count(&json(PAGE_TEXT)), 1);
    assert_eq!(count(&json(r#"{"a":"b/c"}"#)), 2);
    assert_eq!(count(&json(r#"{"a":"b/\u00e9\u002f\u007f"}"#)), 4);
    assert_eq!(count(&get("a=b&c=d")), 1);
    assert_eq!(count(&get("a=b%20c")), 2);
    assert_eq!(count(&get("a=b%26c")), 1);
    let header = Request {
        sign_header: Some(b"00"),
        ..json(PAGE_TEXT)
    };
    assert_eq!(count(&header), 1);
}
