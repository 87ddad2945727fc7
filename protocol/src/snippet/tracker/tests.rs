//! No URL that is given out can be mangled by a page it stands on.

use super::{Told, Tracker, relay};
use crate::id::PartnerId;
use crate::snippet::Place;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The names that HTML reads without a semicolon, from its standard; the list is closed. Of those that
/// another one begins with, the shorter is enough.
const ENTITIES: &str = "AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc \
    Egrave Euml GT Iacute Icirc Igrave Iuml LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG \
    THORN Uacute Ucirc Ugrave Uuml Yacute aacute acirc acute aelig agrave amp aring atilde auml brvbar \
    ccedil cedil cent copy curren deg divide eacute ecirc egrave eth euml frac12 frac14 frac34 gt iacute \
    icirc iexcl igrave iquest iuml laquo lt macr micro middot nbsp not ntilde oacute ocirc ograve ordf \
    ordm oslash otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3 szlig thorn times \
    uacute ucirc ugrave uml uuml yacute yen yuml";

fn is_mangled(url: &str) -> bool {
    let after = url
        .match_indices('&')
        .filter_map(|(at, _)| url.get(at + 1..));
    let mut names = after.map(|rest| rest.split('=').next().unwrap_or_default());
    names.any(|name| {
        ENTITIES
            .split_whitespace()
            .any(|entity| name.starts_with(entity))
    })
}

fn told<'a>() -> Told<'a> {
    Told {
        relay: "https://relay.example/key/",
        event: "ftd",
        currency: "USD",
    }
}

#[test]
fn no_parameter_of_a_tracker_is_an_entity() {
    assert_eq!(ENTITIES.split_whitespace().count(), 106);
    for tracker in Tracker::ALL {
        let url = tracker.url(&told()).url;
        assert!(!is_mangled(&url), "{url}");
        assert!(url.contains("clickid={"), "{url}");
    }
}

#[test]
fn the_check_knows_what_the_field_has_seen() {
    for mangled in [
        "?a=1&currency=USD",
        "?a=1&timestamp=1",
        "?a&regs=1",
        "?a&copyright=2",
        "?a&section",
    ] {
        assert!(is_mangled(mangled), "{mangled}");
    }
    assert!(!is_mangled(
        "?currency=USD&event=ftd&status=approved&sub_id_1=x&geo=DE"
    ));
}

#[test]
fn each_tracker_has_a_name_of_its_own_and_says_where_its_macros_stand() {
    let names: std::collections::BTreeSet<_> = Tracker::ALL.map(Tracker::name).into();
    assert_eq!(names.len(), Tracker::ALL.len());
    for tracker in Tracker::ALL {
        assert!(tracker.url(&told()).documented.starts_with("https://"));
    }
}

#[test]
fn keitaro_maps_its_statuses_to_ours() {
    let url = Tracker::Keitaro.url(&told()).url;
    assert_eq!(
        url,
        "https://relay.example/key/?currency=USD&event=ftd&clickid={external_id}&\
         status={status:lead=pending sale=approved rejected=rejected}&amount={revenue}&\
         transaction_id={tid}"
    );
}

#[test]
fn the_relay_holds_the_gate_and_no_secret() {
    let partner = PartnerId::parse("acme").expect("an id");
    let place = Place::of_url("https://gate.example/v1/event", &partner).expect("a URL");
    let program = relay(&place);
    assert!(program.contains(r#"GATE, PARTNER = "https://gate.example/v1/event", "acme""#));
    assert!(!program.contains('@'), "nothing is left to be filled in");
}
