//! Secrets that take turns, and signed times.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn while_secrets_overlap_both_count_and_the_one_used_is_named() {
    let keys = |now: i64| {
        let old = Key {
            not_after: Some(UnixSeconds(now + 10)),
            ..key("old", "the old secret")
        };
        let new = Key {
            not_before: Some(UnixSeconds(now - 10)),
            ..key("new", "the new secret")
        };
        Keyring::new(vec![old, new])
    };
    let with = |text: &str| {
        let sign = sign(
            &secret(text),
            Form::Json,
            &json(PAGE_TEXT),
            &read(&json(PAGE_TEXT)),
        );
        with_member(PAGE_TEXT, &sign.unwrap())
    };
    let (by_old, by_new) = (with("the old secret"), with("the new secret"));
    let who = |keys: &Keyring, body: &str| {
        verify_among(keys, &json(body), FormSet::all()).map(|(_, key)| key)
    };
    let both = keys(NOW.0);
    assert_eq!(who(&both, &by_old), Ok("old".to_owned()));
    assert_eq!(who(&both, &by_new), Ok("new".to_owned()));
    let later = keys(NOW.0 - 11);
    assert_eq!(who(&later, &by_old), Err(NotSigned::Mismatch));
    assert_eq!(who(&later, &by_new), Ok("new".to_owned()));
    let earlier = keys(NOW.0 + 11);
    assert_eq!(who(&earlier, &by_old), Ok("old".to_owned()));
    assert_eq!(who(&earlier, &by_new), Err(NotSigned::Mismatch));
}

#[test]
fn without_a_live_secret_nothing_is_signed() {
    let over = Key {
        not_after: Some(UnixSeconds(NOW.0 - 1)),
        ..key("page", PAGE_SECRET)
    };
    let body = with_member(PAGE_TEXT, PAGE_SIGN);
    for keys in [Keyring::new(vec![over]), Keyring::default()] {
        let refused = verify_among(&keys, &json(&body), FormSet::all());
        assert_eq!(refused, Err(NotSigned::NoLiveKey));
    }
}

#[test]
fn a_time_of_sending_is_signed_and_must_be_near() {
    let at = |time: &'static str| Request {
        time_header: Some(time.as_bytes()),
        ..json(PAGE_TEXT)
    };
    let send = |request: Request<'static>| {
        let sign = signed(&request, Form::Raw);
        verify(&Request {
            sign_header: Some(sign.as_bytes()),
            ..request
        })
    };
    assert_eq!(send(at("1717000000")), Ok(Form::Raw));
    assert_eq!(send(at("1716999700")), Ok(Form::Raw));
    assert_eq!(send(at("1717000300")), Ok(Form::Raw));
    assert_eq!(send(at("1716999699")), Err(NotSigned::TimeOutside));
    assert_eq!(send(at("1717000301")), Err(NotSigned::TimeOutside));
    for malformed in ["", "now", "1717000000.0", " 1717000000", "1717000000000"] {
        assert_eq!(
            send(at(malformed)),
            Err(NotSigned::TimeMalformed),
            "{malformed}"
        );
    }
}

#[test]
fn a_time_that_was_not_signed_or_was_changed_is_refused() {
    let timed = hmac_of(&format!("1717000000.{PAGE_TEXT}"));
    let with = |sign: &str, time: Option<&'static [u8]>| {
        verify(&Request {
            sign_header: Some(sign.as_bytes()),
            time_header: time,
            ..json(PAGE_TEXT)
        })
    };
    assert_eq!(with(&timed, Some(b"1717000000")), Ok(Form::Raw));
    assert_eq!(with(&timed, Some(b"1717000001")), Err(NotSigned::Mismatch));
    assert_eq!(with(&timed, None), Err(NotSigned::Mismatch));
    assert_eq!(
        with(PAGE_SIGN, Some(b"1717000000")),
        Err(NotSigned::Mismatch)
    );
}
