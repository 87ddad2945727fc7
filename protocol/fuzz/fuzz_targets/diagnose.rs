//! Any request is diagnosed: without a panic, within its bound, right only where the gate says so, and
//! never showing a secret or a digest that the request did not hold itself.
#![no_main]

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use postern_protocol::diagnose::{Asked, Diagnosis, Effort, diagnose};
use postern_protocol::id::PartnerId;
use postern_protocol::request::{Encoding, Request};
use postern_protocol::sign::{Form, FormSet, Key, Keyring, Secret, sign, text};
use postern_protocol::time::UnixSeconds;
use sha2::{Digest as _, Sha256};

const NOW: UnixSeconds = UnixSeconds(1_717_000_000);
const SECRETS: [(&str, Option<UnixSeconds>); 2] = [
    ("the-secret-that-counts", None),
    ("the-secret-that-counted", Some(UnixSeconds(NOW.0 - 1))),
];

/// As at the edge, but for its steps: a run of the fuzzer should see many requests.
const MOST_STEPS: u32 = Effort::EDGE.steps / 4;

/// The longest answer: a text for each form and the one that was signed, cut as they are, and a program
/// in each language. What is longer holds something that nobody bounded.
const LONGEST_ANSWER_BYTES: usize = 1 << 20;

/// How much of a digest is looked for: so much is in no answer by chance.
const PART_CHARS: usize = 16;

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    encoding: u8,
    text: &'a [u8],
    signature: Signature<'a>,
    time: Option<&'a [u8]>,
    user_agent: Option<&'a [u8]>,
    forms: u8,
    steps: u16,
}

/// What is sent as the signature: anything, or one that was made and then perhaps written otherwise.
#[derive(Debug, arbitrary::Arbitrary)]
enum Signature<'a> {
    Any(&'a [u8]),
    Made { form: u8, secret: bool, written: u8 },
    None,
}

fn request<'a>(input: &Input<'a>, sign: Option<&'a [u8]>) -> Request<'a> {
    let encoding = match input.encoding % 3 {
        0 => Encoding::Json,
        1 => Encoding::Form,
        _ => Encoding::Query,
    };
    let (query, body) = match encoding {
        Encoding::Query => (input.text, &b""[..]),
        Encoding::Json | Encoding::Form => (&b""[..], input.text),
    };
    Request {
        encoding,
        query,
        body,
        sign_header: sign,
        time_header: input.time,
    }
}

fn keys() -> Keyring {
    let keys = SECRETS
        .iter()
        .enumerate()
        .map(|(n, (secret, not_after))| Key {
            id: format!("k{n}").parse().expect("an id"),
            secret: Secret::parse(secret).expect("long enough"),
            not_before: None,
            not_after: *not_after,
        });
    Keyring::new(keys.collect())
}

fn form_of(byte: u8) -> Form {
    Form::ALL[usize::from(byte) % Form::ALL.len()]
}

/// The bytes of a digest in hex.
fn bytes_of(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len() / 2).filter_map(|n| hex.get(2 * n..2 * n + 2));
    pairs
        .filter_map(|it| u8::from_str_radix(it, 16).ok())
        .collect()
}

fn signature(input: &Input<'_>, unsigned: &Request<'_>) -> Option<Vec<u8>> {
    let (form, secret, written) = match input.signature {
        Signature::Any(bytes) => return Some(bytes.to_vec()),
        Signature::None => return None,
        Signature::Made {
            form,
            secret,
            written,
        } => (form, secret, written),
    };
    let (secret, _) = SECRETS[usize::from(secret)];
    let secret = Secret::parse(secret).expect("long enough");
    let made = sign(&secret, form_of(form), unsigned, &unsigned.read().ok()?)?;
    let made = match written % 4 {
        0 => made,
        1 => made.to_ascii_uppercase(),
        2 => STANDARD.encode(bytes_of(&made)),
        _ => format!(" {made}\n"),
    };
    Some(made.into_bytes())
}

/// Digests that the search makes for this request, in hex: what the gate would take, and plain hashes.
fn digests(request: &Request<'_>) -> Vec<String> {
    let Ok(postback) = request.read() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for form in Form::ALL {
        for key in keys().keys() {
            all.extend(sign(&key.secret, form, request, &postback));
        }
        let Some(text) = text(form, &postback, request.body) else {
            continue;
        };
        let mut hashed = vec![text.to_vec()];
        for (secret, _) in SECRETS {
            hashed.push([secret.as_bytes(), &text].concat());
            hashed.push([&text, secret.as_bytes()].concat());
        }
        all.extend(hashed.iter().map(|it| hex(&Sha256::digest(it))));
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What no answer may hold, unless the request did.
fn forbidden(request: &Request<'_>) -> Vec<String> {
    let mut all: Vec<String> = SECRETS.iter().map(|(it, _)| (*it).to_owned()).collect();
    for digest in digests(request) {
        let bytes = bytes_of(&digest);
        for written in [
            digest,
            STANDARD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            let written = written.to_ascii_lowercase();
            all.extend(written.get(..PART_CHARS).map(str::to_owned));
        }
    }
    all
}

/// All that the caller sent, in lower case.
fn sent(input: &Input<'_>, sign: Option<&[u8]>) -> String {
    let parts = [Some(input.text), sign, input.time, input.user_agent];
    let bytes: Vec<u8> = parts.into_iter().flatten().flatten().copied().collect();
    String::from_utf8_lossy(&bytes).to_ascii_lowercase()
}

fn check(input: &Input<'_>, request: Request<'_>, forms: FormSet, told: &Diagnosis) {
    let counts = request.read().is_ok_and(|postback| {
        let keys = keys();
        let verified = keys.verify(&request, &postback, forms, NOW, 300);
        let is_acmes = postback.source().is_none_or(|source| source == "acme");
        verified.is_ok() && is_acmes
    });
    assert_eq!(told.ok, counts);
    assert_eq!(told.causes.is_empty(), counts);
    let answer = told.to_json().to_ascii_lowercase();
    assert!(answer.len() < LONGEST_ANSWER_BYTES);
    let sent = sent(input, request.sign_header);
    for secret in forbidden(&request) {
        assert!(
            !answer.contains(&secret) || sent.contains(&secret),
            "{secret}"
        );
    }
}

fuzz_target!(|input: Input<'_>| {
    let unsigned = request(&input, None);
    let sign = signature(&input, &unsigned);
    let request = request(&input, sign.as_deref());
    let forms = match input.forms % 4 {
        0 => [form_of(input.forms / 4)].into_iter().collect(),
        _ => FormSet::all(),
    };
    let told = diagnose(&Asked {
        request: Ok(request),
        partner: &PartnerId::parse("acme").expect("an id"),
        keys: &keys(),
        forms,
        now: NOW,
        tolerance_seconds: 300,
        authority: Some("gate.example"),
        user_agent: input.user_agent,
        effort: Effort {
            steps: u32::from(input.steps) % MOST_STEPS,
            ..Effort::EDGE
        },
    });
    check(&input, request, forms, &told);
});
