//! Signatures that other languages' own encoders have made, and what becomes of them here.
//!
//! `golden/*.ndjson` holds them, `golden/make/` the scripts that made them. Each vector must pass
//! under the one form it was made for, among all forms too unless its text has a second reading
//! there, and must fail once any single field of it is changed. A few
//! are marked `refused`: they show where the closed set of forms ends.

use postern_protocol::request::{Encoding, Field, Kind, Postback, Request, body_encoding};
use postern_protocol::sign::{Form, FormSet, Key, Keyring, NotSigned, Secret};
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
    encoder: String,
    form: String,
    content_type: Option<String>,
    query: String,
    body: String,
    sign_header: Option<String>,
    secret: String,
    expect: Expect,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Verified,
    Refused,
}

/// Where a request may be changed.
#[derive(Clone, Copy)]
enum Place {
    Query,
    Body,
}

impl Vector {
    fn name(&self) -> String {
        format!(
            "{} / {} / {} / {}",
            self.language, self.case, self.encoder, self.form
        )
    }

    fn form(&self) -> Form {
        Form::parse(&self.form).expect("a form's name")
    }

    fn encoding(&self) -> Encoding {
        match &self.content_type {
            Some(content_type) => {
                body_encoding(Some(content_type.as_bytes()), None).expect("a media type we read")
            }
            None => Encoding::Query,
        }
    }

    fn request(&self) -> Request<'_> {
        Request {
            encoding: self.encoding(),
            query: self.query.as_bytes(),
            body: self.body.as_bytes(),
            sign_header: self.sign_header.as_deref().map(str::as_bytes),
            time_header: None,
        }
    }

    /// The text that holds the fields.
    fn payload(&self) -> (Place, &str) {
        match self.encoding() {
            Encoding::Query => (Place::Query, &self.query),
            Encoding::Json | Encoding::Form => (Place::Body, &self.body),
        }
    }

    /// The same request with another text in that place.
    fn sent_as<'t>(&'t self, place: Place, text: &'t str) -> Request<'t> {
        let text = text.as_bytes();
        match place {
            Place::Query => Request {
                query: text,
                ..self.request()
            },
            Place::Body => Request {
                body: text,
                ..self.request()
            },
        }
    }
}

fn vectors_of(text: &str) -> Vec<Vector> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

fn keyring(secret: &str) -> Keyring {
    Keyring::new(vec![Key {
        id: "golden".parse().expect("a key id"),
        secret: Secret::parse(secret).expect("a secret"),
        not_before: None,
        not_after: None,
    }])
}

/// The form under which a request passes, if it is read and passes at all.
fn verify(request: &Request<'_>, secret: &str, forms: FormSet) -> Result<Form, NotSigned> {
    // What cannot be read never reaches the signature, so it does not pass either.
    let postback = request.read().map_err(|_| NotSigned::Mismatch)?;
    let keys = keyring(secret);
    let verified = keys.verify(request, &postback, forms, NOW, CLOCK_TOLERANCE_SECONDS)?;
    Ok(verified.form)
}

/// Whether the signed text is decoded and could also be one that was signed as sent; such a
/// partner is pinned to the decoded form.
fn has_a_second_reading(vector: &Vector) -> bool {
    let request = vector.request();
    let postback = request.read().expect("readable");
    let mut fields = postback.fields().iter();
    let encodes = |text: &str| text.contains(['%', '+']);
    let decoded = vector.form() == Form::ParamsDecoded;
    decoded && fields.any(|field| encodes(field.name()) || encodes(field.value()))
}

fn assert_passes_as_expected(vector: &Vector) {
    let name = vector.name();
    vector
        .request()
        .read()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let alone = verify(
        &vector.request(),
        &vector.secret,
        FormSet::none().with(vector.form()),
    );
    let among_all = verify(&vector.request(), &vector.secret, FormSet::all());
    match vector.expect {
        Expect::Verified => {
            assert_eq!(alone, Ok(vector.form()), "{name}");
            let passes = !has_a_second_reading(vector);
            assert_eq!(among_all.is_ok(), passes, "{name}: {among_all:?}");
        }
        Expect::Refused => {
            assert_eq!(alone, Err(NotSigned::Mismatch), "{name}");
            assert_eq!(among_all, Err(NotSigned::Mismatch), "{name}");
        }
    }
}

fn assert_any_change_is_refused(vector: &Vector) {
    let (place, payload) = vector.payload();
    let request = vector.request();
    let postback: Postback<'_> = request.read().expect("readable");
    for field in postback.fields() {
        for changed in changes_of(payload, field) {
            let sent = vector.sent_as(place, &changed);
            let passed = verify(&sent, &vector.secret, FormSet::all());
            assert!(
                passed.is_err(),
                "{}: {} passed as {changed}",
                vector.name(),
                field.name()
            );
        }
    }
}

/// The payload with the field's value changed, and with its name changed.
fn changes_of(payload: &str, field: &Field<'_>) -> [String; 2] {
    let value = match field.kind() {
        Kind::Text => with_first_character_changed(field.sent_value()),
        Kind::Number => format!("1{}", field.sent_value()),
        Kind::Bool if field.value() == "true" => "false".to_owned(),
        Kind::Bool | Kind::Null => "true".to_owned(),
    };
    let name = field
        .sent_name()
        .replacen(field.name(), &format!("x{}", field.name()), 1);
    [
        replaced(payload, field.sent_value(), &value),
        replaced(payload, field.sent_name(), &name),
    ]
}

/// The same text with its first character replaced, in quotes or not.
fn with_first_character_changed(token: &str) -> String {
    let (quote, rest) = match token.strip_prefix('"') {
        Some(rest) => ("\"", rest),
        None => ("", token),
    };
    match rest.strip_prefix(|c: char| c.is_ascii_alphanumeric()) {
        Some(after) if rest.starts_with('0') => format!("{quote}1{after}"),
        Some(after) => format!("{quote}0{after}"),
        None => format!("{quote}0{rest}"),
    }
}

/// `text` with `token`, which must be a part of that very text, put anew.
fn replaced(text: &str, token: &str, by: &str) -> String {
    let start = token.as_ptr() as usize - text.as_ptr() as usize;
    let (before, rest) = text.split_at(start);
    format!("{before}{by}{}", &rest[token.len()..])
}

fn assert_other_secrets_are_refused(vector: &Vector) {
    let passed = verify(
        &vector.request(),
        "another secret altogether",
        FormSet::all(),
    );
    assert_eq!(passed, Err(NotSigned::Mismatch), "{}", vector.name());
}

/// The whole story of one language's vectors.
fn assert_all_hold(text: &str, language: &str) {
    let vectors = vectors_of(text);
    assert!(
        vectors.len() > 300,
        "{language} has {} vectors only",
        vectors.len()
    );
    for vector in &vectors {
        assert_eq!(vector.language, language);
        assert_passes_as_expected(vector);
        assert_other_secrets_are_refused(vector);
        assert_any_change_is_refused(vector);
    }
}

#[test]
fn what_python_signs_is_verified() {
    assert_all_hold(include_str!("golden/python.ndjson"), "python");
}

#[test]
fn what_php_signs_is_verified() {
    assert_all_hold(include_str!("golden/php.ndjson"), "php");
}

#[test]
fn what_node_signs_is_verified() {
    assert_all_hold(include_str!("golden/node.ndjson"), "node");
}

#[test]
fn what_ruby_signs_is_verified() {
    assert_all_hold(include_str!("golden/ruby.ndjson"), "ruby");
}

#[test]
fn what_perl_signs_is_verified() {
    assert_all_hold(include_str!("golden/perl.ndjson"), "perl");
}

#[test]
fn what_go_signs_is_verified() {
    assert_all_hold(include_str!("golden/go.ndjson"), "go");
}

#[test]
fn every_language_covers_every_form_it_can_make() {
    let all = [
        include_str!("golden/python.ndjson"),
        include_str!("golden/php.ndjson"),
        include_str!("golden/node.ndjson"),
        include_str!("golden/ruby.ndjson"),
        include_str!("golden/perl.ndjson"),
        include_str!("golden/go.ndjson"),
    ];
    let mut seen = FormSet::none();
    for text in all {
        let verified = vectors_of(text)
            .into_iter()
            .filter(|vector| vector.expect == Expect::Verified);
        let of_language: FormSet = verified.map(|vector| vector.form()).collect();
        for form in [
            Form::Raw,
            Form::Json,
            Form::JsonUtf8,
            Form::Params,
            Form::ParamsDecoded,
        ] {
            assert!(of_language.contains(form), "{form}");
        }
        seen = of_language.iter().fold(seen, FormSet::with);
    }
    assert_eq!(seen, FormSet::all());
}
