//! What partners are paid: how it is shown before it goes live, and what is said of changes.

use crate::desk::{ACME, Desk};

const TERMS: &str = r#"
[[partner.terms]]
from = 2020-01-01
hold_days = 14
cap_per_day = 50
cpa = { ftd = "100.00 USD", geo.DE = { ftd = "150.00 EUR" } }
revshare = { percent = "12.5", carry_over = true }
"#;

#[test]
fn apply_and_list_say_in_plain_words_what_is_paid() {
    let desk = Desk::empty();
    desk.write("partners.toml", format!("{ACME}{TERMS}"));
    let words = "CPA 100.00 USD per ftd, in DE 150.00 EUR per ftd, at most 50 a day; RevShare \
                 12.5 % of ftd and redeposit less cashout, a month below zero is taken off the \
                 next; held 14 d";
    let said = desk.run(&["partners", "apply"]);
    let line = format!("terms 2020-01-01 {words}");
    assert!(said.out.contains(&line), "{}", said.out);
    assert!(
        !said.err.contains("terms"),
        "nothing was booked: {}",
        said.err
    );
    let listed = desk.done(&["partners", "list"]);
    let line = format!("acme: clicks count for 90 days; paid is\n  from 2020-01-01  {words}");
    assert!(listed.contains(&line), "{listed}");
    assert!(
        desk.done(&["partners", "apply"])
            .contains("nothing changes")
    );
}

#[test]
fn terms_that_have_begun_may_change_and_it_is_said_what_that_means() {
    let desk = Desk::empty();
    desk.write("partners.toml", format!("{ACME}{TERMS}"));
    desk.done(&["partners", "apply"]);
    desk.write(
        "partners.toml",
        format!("{ACME}{}", TERMS.replace("100.00", "90.00")),
    );
    let said = desk.run(&["partners", "apply"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.err
            .contains("terms of partner acme from 2020-01-01 change")
            && said
                .err
                .contains("what was booked keeps the terms it was booked by"),
        "{}",
        said.err
    );
    assert!(
        said.out.contains("100.00 USD per ftd") && said.out.contains("→ CPA 90.00 USD"),
        "{}",
        said.out
    );
    let later = TERMS.replace("2020-01-01", "2999-01-01");
    desk.write(
        "partners.toml",
        format!("{ACME}{}{later}", TERMS.replace("100.00", "90.00")),
    );
    let said = desk.run(&["partners", "apply"]);
    assert!(said.out.contains("terms 2999-01-01 added"), "{}", said.out);
    assert!(!said.err.contains("terms"), "that is to come: {}", said.err);
}

#[test]
fn mistakes_in_terms_change_nothing() {
    let desk = Desk::empty();
    desk.write(
        "partners.toml",
        format!("{ACME}{}", TERMS.replace("100.00", "1,00")),
    );
    let said = desk.run(&["partners", "apply"]);
    assert_eq!(said.code, Some(1));
    let place = "partner \"acme\".terms[1].cpa.ftd: is in doubt";
    assert!(said.err.contains(place), "{}", said.err);
    assert!(!desk.path("partners.applied.json").exists());
}

#[test]
fn the_printed_samples_are_good() {
    let desk = Desk::empty();
    desk.write("partners.toml", desk.done(&["sample", "partners"]));
    let mut apply = desk.command(&["partners", "apply"]);
    let done = apply
        .env("ACME_SECRET", "a-strong-secret")
        .env("ACME_TEST_SECRET", "a-strong-test-secret")
        .output()
        .expect("postern runs");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(
        desk.read("partners.applied.json")
            .contains("\"attribution_days\": 90")
    );
    assert!(desk.done(&["sample", "rates"]).contains("[[rate]]"));
}
