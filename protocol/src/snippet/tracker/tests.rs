//! No URL that is given out can be mangled by a page it stands on.

use super::{Told, Tracker, relay};
use crate::event::{Event, EventKind};
use crate::id::PartnerId;
use crate::money::AmountUnit;
use crate::snippet::Place;
use crate::testing::{get, read};
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

fn told<'a>(event: EventKind) -> Told<'a> {
    Told {
        relay: "https://relay.example/key/",
        event,
        currency: "USD",
    }
}

/// Each tracker with each event.
fn each() -> impl Iterator<Item = (Tracker, EventKind)> {
    let events = |tracker| EventKind::ALL.iter().map(move |event| (tracker, *event));
    Tracker::ALL.into_iter().flat_map(events)
}

/// What the tracker makes of its macros.
fn filled(url: &str) -> String {
    let macros = [
        (
            "{status:lead=pending sale=approved rejected=rejected}",
            "approved",
        ),
        ("{external_id}", "click-1"),
        ("{externalid}", "click-1"),
        ("{externalId}", "click-1"),
        ("{revenue}", "50.00"),
        ("{payout}", "50.00"),
        ("{tid}", "T-1"),
    ];
    let fill = |url: String, (name, value): &(&str, &str)| url.replace(name, value);
    macros.iter().fold(url.to_owned(), fill)
}

#[test]
fn each_url_is_a_whole_event_once_its_macros_are_filled_in() {
    for (tracker, event) in each() {
        let url = filled(&tracker.url(&told(event)).url);
        let (_, query) = url.split_once('?').expect("a query");
        let request = get(query);
        let read = Event::read(&read(&request), AmountUnit::Major);
        let read = read.unwrap_or_else(|wrong| panic!("{url}: {wrong:?}"));
        assert_eq!(read.kind, event, "{url}");
        assert_eq!(read.money.is_some(), event.needs_money(), "{url}");
    }
}

#[test]
fn what_a_tracker_leaves_open_is_said_beside_its_url() {
    let notes = |tracker: Tracker, event| tracker.url(&told(event)).notes.join("; ");
    assert_eq!(notes(Tracker::Keitaro, EventKind::Registration), "");
    assert!(notes(Tracker::Keitaro, EventKind::Ftd).contains("the gate answers 422"));
    assert!(notes(Tracker::Voluum, EventKind::Lead).contains("for each status"));
    assert!(notes(Tracker::BeMob, EventKind::Ftd).contains("approved conversions alone"));
    assert!(notes(Tracker::Binom, EventKind::Redeposit).contains("`transaction_id`"));
}

#[test]
fn no_parameter_of_a_tracker_is_an_entity() {
    assert_eq!(ENTITIES.split_whitespace().count(), 106);
    for (tracker, event) in each() {
        let url = tracker.url(&told(event)).url;
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
        assert!(
            tracker
                .url(&told(EventKind::Ftd))
                .documented
                .starts_with("https://")
        );
    }
}

#[test]
fn keitaro_maps_its_statuses_to_ours() {
    let url = Tracker::Keitaro.url(&told(EventKind::Ftd)).url;
    assert_eq!(
        url,
        "https://relay.example/key/?currency=USD&event=ftd&clickid={external_id}&\
         status={status:lead=pending sale=approved rejected=rejected}&transaction_id={tid}&\
         amount={revenue}"
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
