//! What `[[partner.terms]]` may hold, and what is said about what it may not.

use std::path::Path;

use postern_protocol::limits::CLOCK_TOLERANCE_SECONDS_DEFAULT;
use postern_protocol::time::UnixSeconds;

use crate::agreement::{ATTRIBUTION_DAYS_DEFAULT, Agreement, Terms};
use crate::partners::{PartnersFile, SAMPLE, Sources};

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
fn the_sample_says_everything() {
    let sources = Sources {
        folder: Path::new("/nowhere"),
        environment: &|name| Some(format!("the secret in {name}")),
    };
    let file = PartnersFile::parse(SAMPLE, &sources).expect("the sample is good");
    let partner = &file.partners[0];
    insta::assert_snapshot!(shown(&partner.agreement.terms).join("\n"));
    // What it calls defaults are the defaults.
    let defaults = PartnersFile::parse("", &sources).expect("an empty file is good");
    assert_eq!(file.limits, defaults.limits);
    let days = i64::from(ATTRIBUTION_DAYS_DEFAULT);
    assert_eq!(partner.agreement.attribution_days(), days);
    assert_eq!(
        partner.clock_tolerance_seconds,
        CLOCK_TOLERANCE_SECONDS_DEFAULT
    );
}

#[test]
fn the_terms_in_the_readme_are_good() {
    let readme = include_str!("../../../../README.md");
    let blocks = readme.split("```toml\n").skip(1);
    let block = blocks
        .filter_map(|rest| rest.split("```").next())
        .find(|block| block.contains("[[partner.terms]]"))
        .expect("the README shows terms");
    let agreement = read(block).expect("they are good");
    assert_eq!(agreement.terms.len(), 1);
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
