//! What holds for every postback, tried on random ones.
#![cfg(not(target_arch = "wasm32"))]

use postern_protocol::edge::EdgeConfig;
use postern_protocol::id::KeyId;
use postern_protocol::proof::{ProofToken, ProofTokens, decode};
use postern_protocol::request::{Encoding, Kind, Postback, Request, body_encoding, source_of};
use postern_protocol::sign::{Form, FormSet, Key, Keyring, Secret, sign};
use postern_protocol::time::UnixSeconds;
use proptest::collection::vec;
use proptest::prelude::*;

const NOW: UnixSeconds = UnixSeconds(1_717_000_000);
const TOLERANCE_SECONDS: u32 = 300;

/// A postback as its partner means it: names that are unique whatever their case, any texts.
fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    vec(("[^\0]{0,6}", "[^\0]{0,24}"), 1..8).prop_map(|pairs| {
        let numbered = pairs.into_iter().enumerate();
        numbered
            .map(|(n, (name, value))| (format!("f{n}{name}"), value))
            .collect()
    })
}

fn json_body(fields: &[(String, String)]) -> String {
    let text = |text: &str| serde_json::to_string(text).expect("texts serialise");
    let members = fields
        .iter()
        .map(|(n, v)| format!("{}:{}", text(n), text(v)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn params(fields: &[(String, String)]) -> String {
    let pairs = fields
        .iter()
        .map(|(n, v)| format!("{}={}", encoded(n), encoded(v)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Percent-encodes all but letters and digits, blanks as `+`.
fn encoded(text: &str) -> String {
    let each = text.bytes().map(|byte| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    each.collect()
}

fn request(encoding: Encoding, text: &[u8]) -> Request<'_> {
    let (query, body) = match encoding {
        Encoding::Query => (text, b"".as_slice()),
        Encoding::Json | Encoding::Form => (b"".as_slice(), text),
    };
    Request {
        encoding,
        query,
        body,
        sign_header: None,
        time_header: None,
    }
}

fn written(encoding: Encoding, fields: &[(String, String)]) -> String {
    match encoding {
        Encoding::Json => json_body(fields),
        Encoding::Form | Encoding::Query => params(fields),
    }
}

fn secret() -> Secret {
    Secret::parse("your_secret_key").expect("long enough")
}

fn keys() -> Keyring {
    Keyring::new(vec![Key {
        id: KeyId::parse("k1").expect("an id"),
        secret: secret(),
        not_before: None,
        not_after: None,
    }])
}

fn encodings() -> impl Strategy<Value = Encoding> {
    prop_oneof![
        Just(Encoding::Json),
        Just(Encoding::Form),
        Just(Encoding::Query)
    ]
}

fn forms() -> impl Strategy<Value = Form> {
    prop::sample::select(Form::ALL.to_vec())
}

/// Everything a postback says, in an order that does not depend on how it was sent.
fn meaning(postback: &Postback<'_>) -> Vec<(String, String, bool)> {
    let fields = postback.fields().iter();
    let mut said: Vec<_> = fields
        .map(|f| {
            (
                f.name().to_owned(),
                f.value().to_owned(),
                f.kind() == Kind::Text,
            )
        })
        .collect();
    said.sort();
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_written_is_read(encoding in encodings(), fields in fields()) {
        let text = written(encoding, &fields);
        let request = request(encoding, text.as_bytes());
        let postback = request.read().unwrap();
        let read = postback.fields().iter().map(|f| (f.name().to_owned(), f.value().to_owned()));
        prop_assert_eq!(read.collect::<Vec<_>>(), fields);
    }

    #[test]
    fn what_is_signed_is_verified(encoding in encodings(), fields in fields(), form in forms()) {
        let text = written(encoding, &fields);
        let request = request(encoding, text.as_bytes());
        let postback = request.read().unwrap();
        if let Some(sign) = sign(&secret(), form, &request, &postback) {
            let signed = Request { sign_header: Some(sign.as_bytes()), ..request };
            let postback = signed.read().unwrap();
            let keys = keys();
            // Decoded texts that others could send need their partner's pin.
            let encodes = |text: &str| text.contains(['%', '+']);
            let second_reading = form == Form::ParamsDecoded
                && fields.iter().any(|(name, value)| encodes(name) || encodes(value));
            for (forms, passes) in [
                (FormSet::all(), !second_reading),
                (FormSet::none().with(form), true),
            ] {
                let verified = keys.verify(&signed, &postback, forms, NOW, TOLERANCE_SECONDS);
                prop_assert_eq!(verified.is_ok(), passes, "{} {}", form, &text);
            }
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_changes_nothing(
        encoding in encodings(),
        fields in fields(),
        form in forms(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let text = written(encoding, &fields);
        let request = request(encoding, text.as_bytes());
        let postback = request.read().unwrap();
        let Some(sign) = sign(&secret(), form, &request, &postback) else { return Ok(()) };
        let mut changed = text.clone().into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        let (query, body) = match encoding {
            Encoding::Query => (changed.as_slice(), b"".as_slice()),
            Encoding::Json | Encoding::Form => (b"".as_slice(), changed.as_slice()),
        };
        let forged = Request { query, body, sign_header: Some(sign.as_bytes()), ..request };
        if let Ok(read) = forged.read() {
            let keys = keys();
            let verified = keys.verify(&forged, &read, FormSet::all(), NOW, TOLERANCE_SECONDS);
            prop_assert!(verified.is_err() || meaning(&read) == meaning(&postback));
        }
    }

    #[test]
    fn a_changed_digit_of_the_sign_is_refused(fields in fields(), at in 0..64usize, digit in 0..16u32) {
        let text = json_body(&fields);
        let request = request(Encoding::Json, text.as_bytes());
        let good = sign(&secret(), Form::Json, &request, &request.read().unwrap()).unwrap();
        let digit = char::from_digit(digit, 16).unwrap();
        let forged: String = good.chars().enumerate().map(|(n, c)| if n == at { digit } else { c }).collect();
        let forged_request = Request { sign_header: Some(forged.as_bytes()), ..request };
        let postback = forged_request.read().unwrap();
        let keys = keys();
        let verified = keys.verify(&forged_request, &postback, FormSet::all(), NOW, TOLERANCE_SECONDS);
        prop_assert_eq!(verified.is_ok(), forged == good);
    }

    #[test]
    fn reading_anything_never_panics(
        encoding in encodings(),
        query in vec(any::<u8>(), 0..200),
        body in vec(any::<u8>(), 0..200),
        sign_header in prop::option::of(vec(any::<u8>(), 0..70)),
        time_header in prop::option::of(vec(any::<u8>(), 0..12)),
    ) {
        let request = Request {
            encoding,
            query: &query,
            body: &body,
            sign_header: sign_header.as_deref(),
            time_header: time_header.as_deref(),
        };
        let _ = source_of(sign_header.as_deref(), &query);
        let _ = body_encoding(Some(&body), time_header.as_deref());
        if let Ok(postback) = request.read() {
            let keys = keys();
            let verified = keys.verify(&request, &postback, FormSet::all(), NOW, TOLERANCE_SECONDS);
            prop_assert!(verified.is_err());
        }
    }

    #[test]
    fn reading_what_looks_like_a_postback_never_panics(
        encoding in encodings(),
        text in r#"([{}\[\]":,\\&=;%+¤×]|amount|cy=|tamp=|sign|source|%A4|%C2|\\u|d8|1|e|-|null|\PC){0,60}"#,
    ) {
        let request = request(encoding, text.as_bytes());
        if let Ok(postback) = request.read() {
            prop_assert!(!postback.fields().is_empty());
            for form in Form::ALL {
                let _ = sign(&secret(), form, &request, &postback);
            }
        }
    }

    #[test]
    fn any_text_survives_percent_encoding(value in "[^\0]{0,80}", escape in vec(any::<bool>(), 320)) {
        // Which of the harmless bytes are escaped is the sender's choice.
        let pairs = value.bytes().zip(escape).map(|(byte, escape)| {
            let harmless = byte.is_ascii_alphanumeric() && !escape;
            if harmless { char::from(byte).to_string() } else { format!("%{byte:02x}") }
        });
        let query = format!("a={}", pairs.collect::<String>());
        let postback = request(Encoding::Query, query.as_bytes()).read().unwrap();
        prop_assert_eq!(postback.get("a").unwrap().value(), value);
    }

    #[test]
    fn a_configuration_of_any_text_never_panics(json in vec(any::<u8>(), 0..200)) {
        prop_assert!(EdgeConfig::parse(&json).is_err());
    }

    #[test]
    fn no_proof_is_read_without_the_token(header in vec(any::<u8>(), 0..200)) {
        let token = ProofToken::parse("0123456789abcdef0123456789abcdef").unwrap();
        let accepted = ProofTokens::new(vec![token]).unwrap();
        prop_assert!(decode(&header, &accepted).is_err());
    }
}
