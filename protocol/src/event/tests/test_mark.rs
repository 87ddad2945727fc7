//! What says of itself that it is a test, and what does not say it clearly.

use super::*;
use crate::event::test_mark;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const LEAD: &str = r#""clickid":"a","event":"lead","status":"approved""#;

/// What a lead with this member says of being a test, and whether it is an event.
fn marked(member: &str) -> (Option<bool>, Result<Event, NotAnEvent>) {
    let body = format!("{{{LEAD},{member}}}");
    let request = Request {
        encoding: Encoding::Json,
        query: b"",
        body: body.as_bytes(),
        sign_header: None,
        time_header: None,
    };
    let postback = request.read().expect("readable");
    assert_eq!(postback.warnings(), [], "{member}");
    (test_mark(&postback), Event::read(&postback, Major))
}

#[test]
fn one_and_true_mark_a_test_however_they_are_written() {
    for value in ["1", "true", r#""1""#, r#""true""#, r#""True""#] {
        let (mark, read) = marked(&format!(r#""test":{value}"#));
        assert!(mark == Some(true) && read.is_ok(), "{value}: {read:?}");
    }
    let query = read_query("clickid=a&event=lead&status=approved&test=1");
    assert!(query.is_ok(), "{query:?}");
}

#[test]
fn zero_false_and_nothing_mark_none() {
    for value in ["0", "false", r#""0""#, r#""False""#, r#""""#, "null"] {
        let (mark, read) = marked(&format!(r#""test":{value}"#));
        assert!(mark != Some(true) && read.is_ok(), "{value}: {read:?}");
    }
}

#[test]
fn any_other_word_is_refused_with_what_is_expected() {
    for value in ["2", "1.0", r#""yes""#, r#""test""#, r#"" 1""#, "-1"] {
        let (mark, read) = marked(&format!(r#""test":{value}"#));
        assert_eq!(mark, None, "{value}");
        let errors = errors_of(read);
        assert_eq!(fields(&errors), ["test"], "{value}");
        assert!(errors[0].expected.starts_with("1 or true"), "{errors:?}");
    }
}

#[test]
fn a_macro_in_its_place_is_in_doubt() {
    let doubts = doubts_of(marked(r#""test":"{is_test}""#).1);
    assert_eq!(doubts[0].reason, DoubtReason::UnresolvedMacro);
}

#[test]
fn a_test_in_capital_letters_is_not_booked_for_them() {
    for name in ["amp;test", "amp;TEST"] {
        let errors = errors_of(read_json(&format!(r#"{{{LEAD},"{name}":1}}"#)));
        let expected = format!("`{name}` is not read");
        assert!(errors[0].expected.contains(&expected), "{errors:?}");
    }
    let errors = errors_of(read_json(&format!(r#"{{{LEAD},"TEST":1}}"#)));
    assert_eq!(fields(&errors), ["test"]);
    assert!(errors[0].expected.contains("`TEST` is not read"));
    assert!(read_json(&format!(r#"{{{LEAD},"Test":0}}"#)).is_ok());
}
