//! What `partners.toml` may hold, and what is said about what it may not.

use std::fs;
use std::path::Path;

use postern_protocol::money::AmountUnit;
use postern_protocol::sign::Form;

use super::{PartnersFile, Sources};

fn read_in(folder: &Path, text: &str) -> Result<PartnersFile, String> {
    let environment = |name: &str| (name == "ACME_SECRET").then(|| "from-the-environment".into());
    let sources = Sources {
        folder,
        environment: &environment,
    };
    PartnersFile::parse(text, &sources).map_err(|mistakes| mistakes.to_string())
}

fn read(text: &str) -> Result<PartnersFile, String> {
    read_in(Path::new("/nowhere"), text)
}

fn partner(lines: &str) -> String {
    format!(
        "[[partner]]\nid = \"acme\"\nnetworks = [\"127.0.0.1\"]\nrate_per_second = 5\nburst = 10\n\
         amount_unit = \"minor\"\n{lines}\n"
    )
}

#[test]
fn everything_that_may_be_said_is_read() {
    let text = partner(
        "brand = \"Acme\"\nforms = [\"raw\", \"params-decoded\"]\nclock_tolerance_seconds = 60\n\
         secrets = [{ id = \"k1\", secret = \"inline-secret\", not_before = 2026-01-31, \
         not_after = \"2026-02-28T00:00:00Z\" }]\n\
         client_certificates = [\"00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff\"]\n\
         [edge]\nmax_body_bytes = 2048\nreplicas = 2\npartner_header = true\n\
         failure_throttle = { per_minute = 6, burst = 3 }",
    );
    let file = read(&text).expect("good");
    let partner = &file.partners[0];
    assert_eq!(partner.agreement.brand.as_deref(), Some("Acme"));
    assert_eq!(partner.agreement.amount_unit, AmountUnit::Minor);
    assert_eq!(partner.forms, Some(vec![Form::Raw, Form::ParamsDecoded]));
    assert_eq!(partner.clock_tolerance_seconds, 60);
    let certificates: Vec<_> = partner
        .client_certificates
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        certificates,
        ["00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"]
    );
    assert!(file.limits.partner_header);
    assert_eq!(
        partner.keys[0].not_before.map(|time| time.0),
        Some(1_769_817_600)
    );
    assert_eq!(
        (file.limits.max_body_bytes, file.limits.replicas),
        (2048, 2)
    );
    assert_eq!(
        (file.limits.failures_per_minute, file.limits.failure_burst),
        (6, 3)
    );
}

#[test]
fn secrets_come_from_the_file_a_file_or_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("acme.secret"), "from-a-file\n").expect("written");
    let text = partner(
        "secrets = [{ id = \"a\", secret = \"in-the-file\" }, { id = \"b\", file = \"acme.secret\" }, \
         { id = \"c\", env = \"ACME_SECRET\" }]",
    );
    let file = read_in(folder.path(), &text).expect("good");
    let secrets: Vec<&str> = file.partners[0]
        .keys
        .iter()
        .map(|key| key.secret.expose())
        .collect();
    assert_eq!(
        secrets,
        ["in-the-file", "from-a-file", "from-the-environment"]
    );
}

#[test]
fn every_mistake_is_told_at_once_with_its_partner() {
    let mistakes = read(include_str!("mistakes.toml")).expect_err("full of mistakes");
    insta::assert_snapshot!(mistakes);
}

#[test]
fn an_empty_file_is_no_partners_yet() {
    assert!(read("").expect("good").partners.is_empty());
}

#[test]
fn what_is_not_toml_is_told_without_showing_the_line() {
    let text = partner("secrets = [{ id = \"k1\", secret = \"do-not-show\" ]");
    let mistake = read(&text).expect_err("a bracket is missing");
    assert!(mistake.contains("line 7"), "{mistake}");
    assert!(!mistake.contains("do-not-show"), "{mistake}");
}

#[test]
fn the_name_of_a_test_secret_says_that_it_is_one() {
    let text = partner(
        "secrets = [{ id = \"k1\", secret = \"the-live-one\", test = false }, \
         { id = \"sandbox\", secret = \"the-test-one\", test = true }]",
    );
    let file = read(&text).expect("good");
    let ids: Vec<&str> = file.partners[0]
        .keys
        .iter()
        .map(|key| key.id.as_str())
        .collect();
    assert_eq!(ids, ["k1", "test.sandbox"]);
}

#[test]
fn a_live_secret_cannot_bear_a_tests_name_nor_a_test_secret_be_live_as_well() {
    for (secrets, said) in [
        (
            "{ id = \"test.k1\", secret = \"the-only-one\" }",
            "add test = true",
        ),
        (
            "{ id = \"k1\", secret = \"the-only-one\", test = 1 }",
            "test: must be true or false",
        ),
        (
            "{ id = \"k1\", secret = \"the-same-one\" }, \
             { id = \"k2\", secret = \"the-same-one\", test = true }",
            "is the same secret as another",
        ),
        (
            "{ id = \"k1\", secret = \"the-test-one\", test = true }, \
             { id = \"test.k1\", secret = \"the-other-one\", test = true }",
            "test.k1 is the id of another secret",
        ),
    ] {
        let refused = read(&partner(&format!("secrets = [{secrets}]"))).expect_err(secrets);
        assert!(refused.contains(said), "{refused}");
    }
}
