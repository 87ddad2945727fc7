//! Stories of `proof`.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const NEXT: &str = "fedcba9876543210fedcba9876543210-_";

fn tokens(lines: &str) -> ProofTokens {
    ProofTokens::parse_lines(lines).unwrap()
}

fn header(token: &str, address: &str) -> String {
    encode(
        &ProofToken::parse(token).unwrap(),
        &PartnerId::parse("acme").unwrap(),
        &KeyId::parse("2026-01").unwrap(),
        Form::JsonAscii,
        address.parse().unwrap(),
    )
}

#[test]
fn what_the_gate_writes_the_backend_reads() {
    let written = header(TOKEN, "203.0.113.7");
    let expected =
        format!("token={TOKEN};partner=acme;key=2026-01;form=json-ascii;address=203.0.113.7");
    assert_eq!(written, expected);
    let proof = decode(written.as_bytes(), &tokens(TOKEN)).unwrap();
    assert_eq!(
        (proof.partner.as_str(), proof.key.as_str()),
        ("acme", "2026-01")
    );
    assert_eq!(
        (proof.form, proof.address.to_string()),
        (Form::JsonAscii, "203.0.113.7".to_owned())
    );
    let proof = decode(header(TOKEN, "2001:db8::1").as_bytes(), &tokens(TOKEN)).unwrap();
    assert_eq!(proof.address.to_string(), "2001:db8::1");
}

#[test]
fn addresses_are_written_as_everywhere_else() {
    let each_octet = (0..=255).map(|octet: u8| IpAddr::from([octet, 255 - octet, 0, octet / 2]));
    for address in each_octet.chain(["::1".parse().unwrap(), "::ffff:192.0.2.1".parse().unwrap()]) {
        let written = header(TOKEN, &address.to_string());
        let (_, text) = written.rsplit_once(";address=").unwrap();
        assert_eq!(text, address.to_string());
    }
}

#[test]
fn while_tokens_rotate_both_are_accepted() {
    let both = tokens(&format!("{NEXT}\n {TOKEN} \r\n\n"));
    assert_eq!(both.tokens().first().map(ProofToken::expose), Some(NEXT));
    for token in [TOKEN, NEXT] {
        assert!(decode(header(token, "::1").as_bytes(), &both).is_ok());
    }
    let old = decode(header(TOKEN, "::1").as_bytes(), &tokens(NEXT));
    assert_eq!(old, Err(ProofRefused::Token));
}

#[test]
fn a_token_must_fit_to_the_last_byte() {
    let good = header(TOKEN, "::1");
    for bad in [
        String::new(),
        good.replace("token=", "TOKEN="),
        good.replace(TOKEN, ""),
        good.replace(TOKEN, &TOKEN[1..]),
        good.replace(TOKEN, &format!("{TOKEN}0")),
        good.replace("f;", "e;"),
        format!(" {good}"),
        format!("token={TOKEN}"),
    ] {
        assert_eq!(
            decode(bad.as_bytes(), &tokens(TOKEN)),
            Err(ProofRefused::Token),
            "{bad}"
        );
    }
}

#[test]
fn what_no_gate_writes_is_malformed() {
    let good = header(TOKEN, "::1");
    for bad in [
        good.replace(";partner=acme", ""),
        good.replace("acme", ""),
        good.replace("acme", "a b"),
        good.replace("acme", "acme;key=x"),
        good.replace("json-ascii", "xml"),
        good.replace("::1", "localhost"),
        format!("{good};more=1"),
        format!("{good} "),
    ] {
        assert_eq!(
            decode(bad.as_bytes(), &tokens(TOKEN)),
            Err(ProofRefused::Malformed),
            "{bad}"
        );
    }
    let not_text = [good.as_bytes(), b"\xff"].concat();
    assert_eq!(
        decode(&not_text, &tokens(TOKEN)),
        Err(ProofRefused::Malformed)
    );
}

#[test]
fn tokens_are_long_plain_and_one_or_two() {
    let refused = |text: &str| ProofToken::parse(text).unwrap_err();
    assert_eq!(refused(&TOKEN[1..]), TokenError::Length);
    assert_eq!(refused(&"a".repeat(129)), TokenError::Length);
    assert_eq!(refused(&TOKEN.replace('0', ";")), TokenError::Alphabet);
    let counted = |text: &str| ProofTokens::parse_lines(text).unwrap_err();
    assert_eq!(counted(" \n"), TokenError::Count);
    assert_eq!(
        counted(&format!("{TOKEN}\n{NEXT}\n{TOKEN}")),
        TokenError::Count
    );
}

#[test]
fn a_token_is_never_printed() {
    assert_eq!(
        format!("{:?}", tokens(TOKEN)),
        "ProofTokens([ProofToken(…)])"
    );
}
