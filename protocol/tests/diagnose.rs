//! Wrong signatures that other languages' own encoders have made, and what they are found to be.
//!
//! `diagnosis/*.ndjson` holds them, `diagnosis/make/` the scripts that made them.

use std::collections::BTreeSet;

use postern_protocol::diagnose::{Asked, Diagnosis, Effort, diagnose};
use postern_protocol::id::PartnerId;
use postern_protocol::request::{Encoding, Request};
use postern_protocol::sign::{FormSet, Key, Keyring, Secret, sign};
use postern_protocol::time::UnixSeconds;
use serde::Deserialize;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: UnixSeconds = UnixSeconds(1_717_000_000);
const CLOCK_TOLERANCE_SECONDS: u32 = 300;

/// One request as a partner's program sent it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    language: String,
    case: String,
    expect: Vec<String>,
    encoding: String,
    query: String,
    body: String,
    sign_header: Option<String>,
    time_header: Option<String>,
    keys: Vec<VectorKey>,
    forms: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorKey {
    id: String,
    secret: String,
    not_before: Option<i64>,
    not_after: Option<i64>,
}

impl Vector {
    fn name(&self) -> String {
        format!("{} / {} / {}", self.language, self.encoding, self.case)
    }

    fn request(&self) -> Request<'_> {
        Request {
            encoding: match self.encoding.as_str() {
                "json" => Encoding::Json,
                "form" => Encoding::Form,
                "query" => Encoding::Query,
                other => panic!("no encoding: {other}"),
            },
            query: self.query.as_bytes(),
            body: self.body.as_bytes(),
            sign_header: self.sign_header.as_deref().map(str::as_bytes),
            time_header: self.time_header.as_deref().map(str::as_bytes),
        }
    }

    fn keyring(&self) -> Keyring {
        let keys = self.keys.iter().map(|key| Key {
            id: key.id.parse().expect("a key id"),
            secret: Secret::parse(&key.secret).expect("a secret"),
            not_before: key.not_before.map(UnixSeconds),
            not_after: key.not_after.map(UnixSeconds),
        });
        Keyring::new(keys.collect())
    }

    fn forms(&self) -> FormSet {
        self.forms.as_ref().map_or_else(FormSet::all, |names| {
            FormSet::from_names(names.iter().map(String::as_str)).expect("forms")
        })
    }

    fn diagnosis(&self, effort: Effort) -> Diagnosis {
        let partner = PartnerId::parse("acme").expect("an id");
        diagnose(&Asked {
            request: Ok(self.request()),
            partner: &partner,
            keys: &self.keyring(),
            forms: self.forms(),
            now: NOW,
            tolerance_seconds: CLOCK_TOLERANCE_SECONDS,
            authority: Some("gate.example"),
            user_agent: None,
            effort,
        })
    }

    /// Whatever would let somebody sign in the partner's place: its secrets, and every signature
    /// that the gate would take for this request.
    fn forbidden(&self) -> Vec<String> {
        let request = self.request();
        let secrets = self.keys.iter().map(|key| key.secret.clone());
        let mut all: Vec<_> = secrets.filter(|secret| secret.len() >= 8).collect();
        let Ok(postback) = request.read() else {
            return all;
        };
        for key in self.keyring().keys() {
            let signs = FormSet::all()
                .iter()
                .filter_map(|form| sign(&key.secret, form, &request, &postback));
            all.extend(signs);
        }
        all
    }
}

fn vectors() -> Vec<Vector> {
    let all = [
        include_str!("diagnosis/python.ndjson"),
        include_str!("diagnosis/php.ndjson"),
        include_str!("diagnosis/node.ndjson"),
        include_str!("diagnosis/ruby.ndjson"),
        include_str!("diagnosis/perl.ndjson"),
        include_str!("diagnosis/go.ndjson"),
    ];
    let lines = all.into_iter().flat_map(str::lines);
    lines
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

/// All that differ from what a vector expects, so that one run shows every one.
fn surprises(effort: Effort) -> Vec<String> {
    let all = vectors();
    let told = all.iter().filter_map(|vector| {
        let diagnosis = vector.diagnosis(effort);
        let codes: Vec<_> = diagnosis
            .causes
            .iter()
            .map(|told| told.code.to_owned())
            .collect();
        let as_expected = codes == vector.expect && diagnosis.ok == vector.expect.is_empty();
        (!as_expected).then(|| format!("{}: {codes:?}, not {:?}", vector.name(), vector.expect))
    });
    told.collect()
}

#[test]
fn each_mistake_is_named_within_the_edges_effort() {
    assert!(vectors().len() > 120, "{} vectors only", vectors().len());
    assert_eq!(surprises(Effort::EDGE), Vec::<String>::new());
}

#[test]
fn no_diagnosis_holds_a_secret_or_a_signature_that_counts() {
    for vector in vectors() {
        let diagnosis = vector.diagnosis(Effort::EDGE);
        // A snippet's text does not hang on the request; what does is looked through.
        let told = diagnosis.to_json().to_ascii_lowercase();
        for forbidden in vector.forbidden() {
            let known_sample = forbidden == "your_secret_key";
            let hidden = !told.contains(&forbidden.to_ascii_lowercase());
            assert!(hidden || known_sample, "{}: {told}", vector.name());
        }
    }
}

#[test]
fn what_was_signed_is_shown_where_it_is_known() {
    let unsorted = vectors()
        .into_iter()
        .find(|vector| vector.case == "unsorted")
        .expect("one");
    let diagnosis = unsorted.diagnosis(Effort::EDGE);
    let signed = diagnosis.you_signed.expect("the text");
    assert!(
        signed.text.starts_with(r#"{"event":"ftd","clickid""#),
        "{}",
        signed.text
    );
    let right = diagnosis.sign_this.first().expect("a text");
    assert_eq!(right.form, "json");
    assert!(
        right
            .shown
            .text
            .starts_with(r#"{"amount":"50.00","clickid""#)
    );
}

/// Codes that no language's library makes by itself, or that only the gate's headers show; unit
/// tests hold them.
const ELSEWHERE: [&str; 5] = [
    "media_type",
    "source_conflict",
    "sign_repeated",
    "time_repeated",
    "encoded_differently",
];

#[test]
fn every_cause_has_a_vector() {
    let seen: BTreeSet<String> = vectors()
        .into_iter()
        .flat_map(|vector| vector.expect)
        .collect();
    let listed: BTreeSet<String> = codes_in_the_source()
        .difference(&ELSEWHERE.map(str::to_owned).into())
        .cloned()
        .collect();
    assert_eq!(
        listed.difference(&seen).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    assert_eq!(
        seen.difference(&listed).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

/// Every code that `cause.rs` can give.
fn codes_in_the_source() -> BTreeSet<String> {
    let source = include_str!("../src/diagnose/cause.rs");
    let arms = source
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.split_once('"'));
    arms.map(|(code, _)| code.to_owned()).collect()
}
