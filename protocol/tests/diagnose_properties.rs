//! What holds for every diagnosis, tried on random postbacks.
#![cfg(not(target_arch = "wasm32"))]

use postern_protocol::diagnose::{Asked, Diagnosis, Effort, diagnose};
use postern_protocol::id::PartnerId;
use postern_protocol::request::{Encoding, Request};
use postern_protocol::sign::{Form, FormSet, Key, Keyring, Secret, sign};
use postern_protocol::time::UnixSeconds;
use proptest::collection::vec;
use proptest::prelude::*;

const NOW: UnixSeconds = UnixSeconds(1_717_000_000);
const LIVE: &str = "the-secret-that-counts";
const OLD: &str = "the-secret-that-counted";

/// Enough for every single mistake; two at once would only take longer here.
const EFFORT: Effort = Effort {
    steps: 1_500,
    bytes: 1 << 20,
};

fn keys() -> Keyring {
    let key = |id: &str, secret, not_after| Key {
        id: id.parse().expect("an id"),
        secret: Secret::parse(secret).expect("a secret"),
        not_before: None,
        not_after,
    };
    Keyring::new(vec![
        key("live", LIVE, None),
        key("old", OLD, Some(UnixSeconds(NOW.0 - 1))),
    ])
}

/// Fields as they are sent, some of them such that encoders differ over them.
fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let value = prop_oneof![
        "[a-z0-9]{0,8}",
        "[ -~é¤×]{0,12}",
        Just("50.00".to_owned()),
        Just("{clickid}".to_owned())
    ];
    let names = ["clickid", "event", "amount", "sub_id_1", "timestamp"];
    vec(value, 1..names.len()).prop_map(move |values| {
        let named = names.iter().map(ToString::to_string);
        named.zip(values).collect()
    })
}

fn encodings() -> impl Strategy<Value = Encoding> {
    prop::sample::select(vec![Encoding::Json, Encoding::Form, Encoding::Query])
}

fn written(encoding: Encoding, fields: &[(String, String)]) -> String {
    let text = |text: &str| serde_json::to_string(text).expect("texts serialise");
    let encoded = |text: &str| {
        let bytes = text.bytes().map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        bytes.collect::<String>()
    };
    if encoding == Encoding::Json {
        let members = fields
            .iter()
            .map(|(n, v)| format!("{}:{}", text(n), text(v)));
        return format!("{{{}}}", members.collect::<Vec<_>>().join(","));
    }
    let pairs = fields.iter().map(|(n, v)| format!("{n}={}", encoded(v)));
    pairs.collect::<Vec<_>>().join("&")
}

fn request<'a>(encoding: Encoding, text: &'a str, sign: Option<&'a str>) -> Request<'a> {
    let text = text.as_bytes();
    let (query, body) = match encoding {
        Encoding::Query => (text, &b""[..]),
        Encoding::Json | Encoding::Form => (&b""[..], text),
    };
    Request {
        encoding,
        query,
        body,
        sign_header: sign.map(str::as_bytes),
        time_header: None,
    }
}

fn diagnosis(request: Request<'_>) -> Diagnosis {
    diagnose(&Asked {
        request: Ok(request),
        partner: &PartnerId::parse("acme").expect("an id"),
        keys: &keys(),
        forms: FormSet::all(),
        now: NOW,
        tolerance_seconds: 300,
        authority: Some("gate.example"),
        user_agent: None,
        effort: EFFORT,
    })
}

/// Every signature the gate would ever take for this request, and the secrets.
fn forbidden(request: &Request<'_>) -> Vec<String> {
    let mut all = vec![LIVE.to_owned(), OLD.to_owned()];
    let Ok(postback) = request.read() else {
        return all;
    };
    for key in keys().keys() {
        let forms = Form::ALL.into_iter();
        all.extend(forms.filter_map(|form| sign(&key.secret, form, request, &postback)));
    }
    all
}

fn check(request: Request<'_>) -> Result<Diagnosis, TestCaseError> {
    let told = diagnosis(request);
    let counts = request.read().is_ok_and(|postback| {
        let verified = keys()
            .verify(&request, &postback, FormSet::all(), NOW, 300)
            .map(|_| ());
        verified.is_ok()
    });
    prop_assert_eq!(told.ok, counts);
    prop_assert_eq!(told.causes.is_empty(), counts);
    let text = told.to_json().to_ascii_lowercase();
    for secret in forbidden(&request) {
        prop_assert!(!text.contains(&secret), "{} is in {}", secret, text);
    }
    Ok(told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_right_signature_is_never_called_wrong(
        encoding in encodings(), fields in fields(), form in prop::sample::select(Form::ALL.to_vec())
    ) {
        let text = written(encoding, &fields);
        let unsigned = request(encoding, &text, None);
        let postback = unsigned.read();
        prop_assume!(postback.is_ok());
        let live = Secret::parse(LIVE).expect("a secret");
        let signature = postback.ok().and_then(|postback| sign(&live, form, &unsigned, &postback));
        prop_assume!(signature.is_some());
        check(request(encoding, &text, signature.as_deref()))?;
    }

    #[test]
    fn a_forged_signature_is_never_called_right(
        encoding in encodings(), fields in fields(), forged in "[0-9a-f]{64}|[ -~]{0,90}"
    ) {
        let text = written(encoding, &fields);
        let told = check(request(encoding, &text, Some(&forged)))?;
        prop_assert!(!told.ok);
    }

    #[test]
    fn a_signature_of_an_old_secret_is_called_that_and_never_right(
        encoding in encodings(), fields in fields(), form in prop::sample::select(Form::ALL.to_vec())
    ) {
        let text = written(encoding, &fields);
        let unsigned = request(encoding, &text, None);
        let postback = unsigned.read();
        prop_assume!(postback.is_ok());
        let old = Secret::parse(OLD).expect("a secret");
        let signature = postback.ok().and_then(|postback| sign(&old, form, &unsigned, &postback));
        prop_assume!(signature.is_some());
        let told = check(request(encoding, &text, signature.as_deref()))?;
        prop_assert!(told.causes.iter().any(|cause| cause.code == "key_expired"), "{:?}", told.causes);
    }

    #[test]
    fn any_bytes_at_all_are_diagnosed(
        encoding in encodings(), bytes in vec(any::<u8>(), 0..80), sign in vec(any::<u8>(), 0..70), time in vec(any::<u8>(), 0..14)
    ) {
        let (query, body) = if encoding == Encoding::Query { (&bytes[..], &b""[..]) } else { (&b""[..], &bytes[..]) };
        let request = Request { encoding, query, body, sign_header: Some(&sign), time_header: Some(&time) };
        let told = check(request)?;
        prop_assert!(!told.ok);
    }
}
