//! What `[[partner.terms]]` may hold, and what is said about what it may not.

use std::path::Path;

use postern_protocol::time::UnixSeconds;

use crate::agreement::{Agreement, Terms};
use crate::partners::{PartnersFile, Sources};

const PARTNER: &str = "[[partner]]\nid = \"acme\"\nnetworks = [\"127.0.0.1\"]\n\
    rate_per_second = 5\nburst = 10\namount_unit = \"major\"\n\
    secrets = [{ id = \"k1\", secret = \"long-enough\" }]\n";

fn read(lines: &str) -> Result<Agreement, String> {
    let sources = Sources {
        folder: Path::new("/nowhere"),
        environment: &|_| None,
    };
    PartnersFile::parse(&format!("{PARTNER}{lines}"), &sources)
        .map(|file| file.partners[0].agreement.clone())
        .map_err(|mistakes| mistakes.to_string())
}

/// The terms, each with its day.
fn shown(terms: &[Terms]) -> Vec<String> {
    let shown = terms.iter();
    shown
        .map(|it| format!("{}: {}", crate::partners::show_day(it.from), **it))
        .collect()
}

#[test]
fn everything_that_may_be_agreed_is_read() {
    let agreement = read(include_str!("terms.toml")).expect("good");
    assert_eq!(agreement.attribution_seconds, 30 * 86_400);
    insta::assert_snapshot!(shown(&agreement.terms).join("\n"));
}

#[test]
fn without_a_word_the_window_is_usual_and_nothing_is_paid() {
    assert_eq!(read(""), Ok(Agreement::default()));
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let mistakes = read(include_str!("mistakes.toml")).expect_err("full of mistakes");
    insta::assert_snapshot!(mistakes);
}

#[test]
fn the_order_in_the_file_does_not_matter_but_the_day_does() {
    let terms = "[[partner.terms]]\nfrom = 2026-02-01\npays_nothing = true\n\
                 [[partner.terms]]\nfrom = 2026-01-01\ncpa.ftd = \"1.00 USD\"\n";
    let agreement = read(terms).expect("good");
    let (january, february) = (UnixSeconds(1_767_225_600), UnixSeconds(1_769_904_000));
    assert!(agreement.terms_at(UnixSeconds(january.0 - 1)).is_none());
    let paid_at = |at| agreement.terms_at(at).is_some_and(|it| it.cpa.is_some());
    assert!(paid_at(january) && paid_at(UnixSeconds(february.0 - 1)) && !paid_at(february));
}
