use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn partner() -> PartnerId {
    PartnerId::parse("acme").unwrap()
}

#[test]
fn every_snippet_holds_its_place_and_no_secret() {
    let place = Place::of_url("https://gate.example:8443/v1/event", &partner()).unwrap();
    for language in Language::ALL {
        for style in [Style::Body, Style::Query] {
            let code = snippet(language, style, &place);
            assert!(
                code.contains("https://gate.example:8443/v1/event"),
                "{language:?}"
            );
            assert!(
                code.contains("acme") && code.contains("POSTERN_SECRET"),
                "{language:?}"
            );
            assert!(
                !code.contains("@URL@") && !code.contains("@PARTNER@"),
                "{language:?}"
            );
        }
    }
}

#[test]
fn nothing_that_means_something_in_a_program_gets_into_one() {
    for url in [
        "https://x.example/v1/event?a=b",
        "https://x.example/\");evil(\"",
        "https://u:p@x.example/v1/event",
        "https://x'.example/",
        "https://x.example/$(id)",
        "https:///v1/event",
        "ftp://x.example/",
        "x.example",
    ] {
        assert_eq!(Place::of_url(url, &partner()), Err(UnfitUrl), "{url}");
    }
    let hostile = Place::at(Some("x\"+evil()+\""), &partner());
    assert_eq!(hostile.url(), "https://postbacks.example.com/v1/event");
    let known = Place::at(Some("gate.example:8443"), &partner());
    assert_eq!(known.url(), "https://gate.example:8443/v1/event");
}

#[test]
fn the_style_fits_the_request_and_the_partners_forms() {
    let forms = |names: &[&str]| FormSet::from_names(names.iter().copied()).unwrap();
    assert_eq!(
        Style::fitting(Encoding::Query, FormSet::all()),
        Style::Query
    );
    assert_eq!(Style::fitting(Encoding::Json, FormSet::all()), Style::Body);
    assert_eq!(
        Style::fitting(Encoding::Query, forms(&["raw"])),
        Style::Body
    );
    assert_eq!(
        Style::fitting(Encoding::Json, forms(&["params"])),
        Style::Query
    );
}
