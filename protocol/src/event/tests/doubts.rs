//! What is kept for a person to decide.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn the_get_sample_of_the_page_arrives_with_its_macros_and_is_kept_in_doubt() {
    let sample =
        "clickid={clickid}&event=ftd&status=approved&amount={amount}¤cy={currency}&sign={sign}";
    let doubts = doubts_of(read_query(sample));
    let in_doubt: Vec<_> = doubts
        .iter()
        .map(|doubt| (doubt.field.as_str(), doubt.reason))
        .collect();
    let reason = DoubtReason::UnresolvedMacro;
    assert_eq!(
        in_doubt,
        [
            ("clickid", reason),
            ("amount", reason),
            ("currency", reason)
        ]
    );
    assert_eq!(doubts[0].received, "{clickid}");
}

#[test]
fn ambiguous_amounts_wait_for_a_person() {
    for amount in ["1,50", "1.500,00", "1+500", "1%27500", "50.000", "1.234"] {
        let doubts = doubts_of(read_query(&ftd_with(&format!("amount={amount}"))));
        assert_eq!(doubts.len(), 1, "{amount}");
        assert_eq!(doubts[0].reason, DoubtReason::AmbiguousAmount, "{amount}");
    }
}

#[test]
fn words_of_the_partner_are_never_taken_for_a_macro() {
    for reason in ["[fraud]", "<none>", "#chargeback#", "{reason}", "REPLACE"] {
        let rejection = ftd_with(&format!("reason={}", reason.replace('#', "%23")));
        let rejection = rejection.replace('<', "%3C").replace('>', "%3E");
        let event = read_query(&rejection).unwrap();
        assert_eq!(event.reason.unwrap().as_str(), reason);
    }
}

#[test]
fn a_macro_in_any_other_known_field_is_a_doubt() {
    let known = crate::request::KNOWN_FIELDS.iter();
    for field in known.filter(|field| !["sign", "source", "reason"].contains(field)) {
        let doubts = doubts_of(read_query(&ftd_with(&format!("{field}={{x}}"))));
        assert_eq!(doubts.len(), 1, "{field}");
        assert_eq!(
            (doubts[0].field.as_str(), doubts[0].received.as_str()),
            (*field, "{x}")
        );
    }
}

#[test]
fn a_macro_in_an_unknown_field_harms_nothing() {
    assert!(read_query(&ftd_with("campaign={campaign}")).is_ok());
}

#[test]
fn with_a_mistake_doubts_are_listed_as_mistakes_too() {
    let errors = errors_of(read_query(&ftd_with("clickid={clickid}&geo=ZZ")));
    assert_eq!(fields(&errors), ["geo", "clickid"]);
    assert!(errors[1].expected.contains("macro"), "{}", errors[1]);
}
