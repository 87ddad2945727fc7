use super::*;
use crate::id::KeyId;
use crate::request::Unreadable;
use crate::sign::{Key, Secret, sign};
use crate::testing::{PAGE_SECRET, PAGE_SIGN, PAGE_TEXT, form, get, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: UnixSeconds = UnixSeconds(1_717_000_000);
const OTHER: &str = "not the sample's secret";

fn keyring(secret: &str) -> Keyring {
    Keyring::new(vec![Key {
        id: KeyId::parse("k1").unwrap(),
        secret: Secret::parse(secret).unwrap(),
        not_before: None,
        not_after: None,
    }])
}

fn asked_with(
    request: Result<Request<'_>, UnsupportedMediaType>,
    effort: Effort,
    agent: Option<&[u8]>,
) -> Diagnosis {
    diagnose(&Asked {
        request,
        partner: &PartnerId::parse("acme").unwrap(),
        keys: &keyring(OTHER),
        forms: FormSet::all(),
        now: NOW,
        tolerance_seconds: 300,
        authority: None,
        user_agent: agent,
        effort,
    })
}

fn asked(request: Request<'_>) -> Diagnosis {
    asked_with(Ok(request), Effort::EDGE, None)
}

fn codes(diagnosis: &Diagnosis) -> Vec<&str> {
    diagnosis.causes.iter().map(|told| told.code).collect()
}

fn signed(request: Request<'_>, form: crate::sign::Form) -> String {
    let secret = Secret::parse(OTHER).unwrap();
    sign(&secret, form, &request, &request.read().unwrap()).unwrap()
}

#[test]
fn the_pages_own_sample_is_told_from_a_partners_secret() {
    let request = Request {
        sign_header: Some(PAGE_SIGN.as_bytes()),
        ..json(PAGE_TEXT)
    };
    let diagnosis = asked(request);
    assert_eq!(codes(&diagnosis), ["secret_sample"]);
    assert_eq!(diagnosis.sign_this.first().unwrap().shown.text, PAGE_TEXT);
    assert_eq!(diagnosis.you_signed, None);
    assert!(!diagnosis.to_json().contains(PAGE_SECRET));
}

#[test]
fn a_right_signature_is_told_with_its_form_and_key() {
    let sign = signed(json(PAGE_TEXT), crate::sign::Form::Raw);
    let request = Request {
        sign_header: Some(sign.as_bytes()),
        ..json(PAGE_TEXT)
    };
    let diagnosis = asked(request);
    assert!(diagnosis.ok && diagnosis.causes.is_empty() && diagnosis.snippets.is_empty());
    assert_eq!(
        (diagnosis.form, diagnosis.key.as_deref()),
        (Some("raw"), Some("k1"))
    );
}

#[test]
fn a_right_signature_over_a_macro_is_right_with_a_warning() {
    let text = "clickid={clickid}&event=ftd&status=approved";
    let query = format!(
        "{text}&sign={}",
        signed(get(text), crate::sign::Form::Params)
    );
    let diagnosis = asked(get(&query));
    assert!(diagnosis.ok);
    assert!(
        diagnosis.warnings[0].starts_with("`clickid` holds a macro"),
        "{:?}",
        diagnosis.warnings
    );
}

#[test]
fn what_cannot_be_read_is_told_in_the_readers_words() {
    let diagnosis = asked(json(r#"{"a":1"#));
    assert_eq!(codes(&diagnosis), ["unreadable"]);
    assert!(
        diagnosis.causes[0]
            .problem
            .starts_with("The body is not valid JSON")
    );
    let diagnosis = asked(form(PAGE_TEXT));
    assert_eq!(diagnosis.named, [Cause::Unreadable(Unreadable::JsonAsForm)]);
    assert_eq!(
        diagnosis.causes[0].change,
        "Send `Content-Type: application/json`."
    );
    let diagnosis = asked_with(Err(UnsupportedMediaType::Missing), Effort::EDGE, None);
    assert_eq!(codes(&diagnosis), ["media_type"]);
}

#[test]
fn a_source_inside_the_payload_that_names_another_partner_is_told() {
    let text = "clickid=a&event=lead&source=other&status=approved";
    let query = format!(
        "{text}&sign={}",
        signed(get(text), crate::sign::Form::Params)
    );
    let diagnosis = asked(get(&query));
    assert_eq!(
        (diagnosis.ok, codes(&diagnosis)),
        (false, vec!["source_conflict"])
    );
}

#[test]
fn an_encoding_that_is_only_a_matter_of_case_is_named_so() {
    let text = "clickid=a%2fb&event=lead&status=approved";
    let upper = text.replace("%2f", "%2F");
    let query = format!(
        "{text}&sign={}",
        signed(get(&upper), crate::sign::Form::Params)
    );
    assert_eq!(codes(&asked(get(&query))), ["encoded_differently"]);
}

#[test]
fn a_name_that_looks_like_a_signed_time_is_not_called_right() {
    let text = "1717000000.clickid=abc&event=lead&status=approved";
    let query = format!(
        "{text}&sign={}",
        signed(get(text), crate::sign::Form::Params)
    );
    let diagnosis = asked(get(&query));
    assert_eq!(
        (diagnosis.ok, codes(&diagnosis)),
        (false, vec!["time_not_sent"])
    );
}

#[test]
fn a_body_that_opens_like_a_signed_time_is_not_called_right() {
    let body = form("1717000000.clickid=abc&event=lead");
    let sign = signed(body, crate::sign::Form::Raw);
    let diagnosis = asked(Request {
        sign_header: Some(sign.as_bytes()),
        ..body
    });
    assert_eq!(
        (diagnosis.ok, codes(&diagnosis)),
        (false, vec!["time_not_sent"])
    );
}

#[test]
fn the_snippet_is_in_the_senders_language_where_that_is_known() {
    let agent = |agent: Option<&[u8]>| {
        let diagnosis = asked_with(Ok(json(PAGE_TEXT)), Effort::EDGE, agent);
        diagnosis
            .snippets
            .iter()
            .map(|snippet| snippet.language)
            .collect::<Vec<_>>()
    };
    assert_eq!(agent(Some(b"GuzzleHttp/7")), ["php"]);
    assert_eq!(agent(None).len(), crate::snippet::Language::ALL.len());
    let query = asked(get("clickid=a&sign=00"));
    assert!(
        query.snippets[0].code.contains("?{query}&sign={sign}"),
        "{}",
        query.snippets[0].code
    );
}

#[test]
fn a_search_that_is_cut_short_says_so_and_ends_at_its_bound() {
    let request = Request {
        sign_header: Some(PAGE_SIGN.as_bytes()),
        ..json(PAGE_TEXT)
    };
    for effort in [
        Effort {
            steps: 5,
            ..Effort::EDGE
        },
        Effort {
            bytes: 100,
            ..Effort::EDGE
        },
    ] {
        let diagnosis = asked_with(Ok(request), effort, None);
        assert_eq!(
            (codes(&diagnosis), diagnosis.cut_short),
            (vec!["none_found"], true)
        );
    }
}

#[test]
fn the_largest_body_stays_within_the_edges_effort() {
    let long = "x".repeat(2_000);
    let fields: Vec<_> = (0..32).map(|n| format!(r#""f{n}":"{long}""#)).collect();
    let body = format!("{{{}}}", fields.join(","));
    let request = Request {
        sign_header: Some(PAGE_SIGN.as_bytes()),
        ..json(&body)
    };
    let diagnosis = asked(request);
    assert_eq!(
        (codes(&diagnosis), diagnosis.cut_short),
        (vec!["none_found"], true)
    );
    let shown = &diagnosis.sign_this.first().unwrap().shown;
    assert_eq!((shown.text.len(), shown.bytes), (8_192, body.len()));
}

#[test]
fn every_cause_says_what_is_wrong_and_what_to_do() {
    let field = || "amount".to_owned();
    let all = [
        Cause::SignRepeated,
        Cause::TimeRepeated,
        Cause::NoneFound,
        Cause::MangledEntity { field: field() },
        Cause::MacroLeftIn { field: field() },
        Cause::SignOtherLength { digits: 40 },
        Cause::OtherDigest { digest: "MD5" },
        Cause::MediaType(UnsupportedMediaType::Compressed),
        Cause::Unreadable(Unreadable::Nul),
        Cause::TimeOutside { seconds_apart: 400 },
        Cause::FieldNotSigned { field: field() },
    ];
    for cause in all {
        for sentence in [cause.problem(), cause.change()] {
            assert!(
                sentence.len() > 8 && sentence.ends_with('.'),
                "{cause:?}: {sentence}"
            );
        }
    }
}
