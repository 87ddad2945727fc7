//! What `add` and `rotate` make of a file that a person wrote.

use std::path::Path;

use postern_protocol::id::PartnerId;
use postern_protocol::sign::Form;
use postern_protocol::time::UnixSeconds;

use super::{EditError, KeyKind, NewPartner, add, pin, rotate};
use crate::partners::{PartnersFile, Sources};

/// 2026-01-31T12:00:00Z.
const NOW: UnixSeconds = UnixSeconds(1_769_860_800);
const WEEK_SECONDS: i64 = 7 * 86_400;
const SECRET: &str = "a-new-strong-secret";
const LIVE: (KeyKind, &str) = (KeyKind::Live, SECRET);

const FILE: &str = r#"# Who may post.

[[partner]] # the first
id = "acme"
networks = [
  "203.0.113.7", # their office
]
rate_per_second = 5 # slow ones
burst = 10
amount_unit = "major"
secrets = [
  # from the old days
  { id = "2025-01", secret = "an-old-secret", not_after = "2026-02-01" },
  { id = "2026-01", secret = "a-newer-secret" },
]

# Limits for all.
[edge]
replicas = 2
"#;

fn id(text: &str) -> PartnerId {
    PartnerId::parse(text).expect("an id")
}

fn parse(text: &str) -> PartnersFile {
    let sources = Sources {
        folder: Path::new("/nowhere"),
        environment: &|_| None,
    };
    PartnersFile::parse(text, &sources).expect("what was edited is good")
}

fn add_west(text: &str) -> Result<String, EditError> {
    let id = id("west");
    let networks = ["2001:db8::/32".to_owned()];
    let partner = NewPartner {
        id: &id,
        brand: Some("West \"Side\""),
        networks: &networks,
        rate_per_second: 100,
        burst: 200,
        amount_unit: "minor",
    };
    add(text, &partner, SECRET, NOW)
}

fn rotate_acme(text: &str) -> String {
    let until = UnixSeconds(NOW.0 + WEEK_SECONDS);
    rotate(text, &id("acme"), LIVE, NOW, until)
        .expect("acme is there")
        .text
}

#[test]
fn an_added_partner_leaves_everything_else_as_it_was() {
    let text = add_west(FILE).expect("west is new");
    insta::assert_snapshot!(text);
    let file = parse(&text);
    assert_eq!(file.partners.len(), 2);
    assert_eq!(
        file.partners[1].agreement.brand.as_deref(),
        Some("West \"Side\"")
    );
    assert_eq!(file.partners[1].keys[0].id.as_ref(), "2026-01");
    assert_eq!(file.limits.replicas, 2);
}

#[test]
fn the_first_partner_makes_the_file() {
    assert_eq!(parse(&add_west("").expect("west is new")).partners.len(), 1);
}

#[test]
fn a_partner_is_added_once() {
    let text = add_west(FILE).expect("west is new");
    assert!(matches!(add_west(&text), Err(EditError::Taken(_))));
}

#[test]
fn a_rotated_secret_ends_the_others_unless_they_end_sooner() {
    let text = rotate_acme(FILE);
    insta::assert_snapshot!(text);
    let keys = &parse(&text).partners[0].keys;
    let ends: Vec<_> = keys
        .iter()
        .map(|key| key.not_after.map(|time| time.0 - NOW.0))
        .collect();
    assert_eq!(ends, [Some(43_200), Some(WEEK_SECONDS), None]);
    assert_eq!(keys[2].secret.expose(), SECRET);
    assert_eq!(keys[2].not_before, Some(NOW), "its age is known later");
}

#[test]
fn a_secret_made_this_very_second_can_be_ended() {
    let text = add_west("").expect("west is new");
    let again = (KeyKind::Live, "because-the-first-leaked");
    let rotated = rotate(&text, &id("west"), again, NOW, NOW).expect("west is there");
    let keys = &parse(&rotated.text).partners[0].keys;
    assert_eq!(keys[0].not_before, Some(NOW));
    assert_eq!(keys[0].not_after, Some(UnixSeconds(NOW.0 + 1)));
    assert_eq!((keys[1].not_before, keys[1].not_after), (Some(NOW), None));
}

#[test]
fn a_test_secret_is_rotated_apart_from_the_live_ones() {
    let until = UnixSeconds(NOW.0 + WEEK_SECONDS);
    let test = |text: &str, secret| rotate(text, &id("acme"), (KeyKind::Test, secret), NOW, until);
    let once = test(FILE, "a-strong-test-secret").expect("acme is there");
    assert_eq!(once.key.as_ref(), "sandbox");
    let ends = |text: &str| {
        let keys = parse(text).partners.remove(0).keys.into_iter();
        keys.map(|key| (key.id.to_string(), key.not_after.map(|it| it.0 - NOW.0)))
            .collect::<Vec<_>>()
    };
    let [old, newer] =
        [("2025-01", Some(43_200)), ("2026-01", None)].map(|(id, end)| (id.to_owned(), end));
    let sandbox = |end| ("test.sandbox".to_owned(), end);
    assert_eq!(
        ends(&once.text),
        [old.clone(), newer.clone(), sandbox(None)]
    );

    let twice = test(&once.text, "another-test-secret").expect("acme is there");
    let next = ("test.sandbox.2026-01".to_owned(), None);
    let expected = [old, newer, sandbox(Some(WEEK_SECONDS)), next];
    assert_eq!(ends(&twice.text), expected);

    let live = rotate_acme(&once.text);
    assert_eq!(ends(&live)[2], sandbox(None), "a live rotation leaves it");
}

#[test]
fn each_rotation_finds_a_name_of_its_own() {
    let twice = rotate_acme(&rotate_acme(FILE).replace(SECRET, "the-secret-between"));
    let names: Vec<_> = parse(&twice).partners[0]
        .keys
        .iter()
        .map(|key| key.id.to_string())
        .collect();
    assert_eq!(names, ["2025-01", "2026-01", "2026-01-31", "2026-01-31.2"]);
}

#[test]
fn secrets_written_as_tables_are_rotated_as_well() {
    let text = "[[partner]]\nid = \"acme\"\nnetworks = [\"127.0.0.1\"]\nrate_per_second = 5\n\
                burst = 10\namount_unit = \"major\"\n\n[[partner.secrets]]\nid = \"k1\"\n\
                secret = \"an-old-secret\" # theirs\n";
    let rotated = rotate_acme(text);
    assert!(rotated.contains("# theirs"), "{rotated}");
    assert_eq!(parse(&rotated).partners[0].keys.len(), 2);
}

#[test]
fn nobody_is_rotated_who_is_not_there() {
    let refused = rotate(FILE, &id("east"), LIVE, NOW, NOW);
    assert!(matches!(refused, Err(EditError::Unknown(_))));
}

#[test]
fn secrets_that_have_run_out_are_taken_out_and_their_names_stay_theirs() {
    let ended = FILE.replace("\"2026-02-01\"", "\"2026-01-01\"");
    let ended = ended.replace("\"2025-01\"", "\"2026-01-31\"");
    let until = UnixSeconds(NOW.0 + WEEK_SECONDS);
    let rotated = rotate(&ended, &id("acme"), LIVE, NOW, until).expect("acme is there");
    assert_eq!(rotated.dropped, ["2026-01-31"]);
    assert_eq!(rotated.key.as_ref(), "2026-01-31.2");
    assert_eq!(parse(&rotated.text).partners[0].keys.len(), 2);
    assert!(!rotated.text.contains("an-old-secret"), "{}", rotated.text);
}

#[test]
fn a_secret_that_is_still_to_come_is_named() {
    let staged = FILE.replace(
        "secret = \"a-newer-secret\"",
        "secret = \"a-newer-secret\", not_before = \"2026-03-01\"",
    );
    let until = UnixSeconds(NOW.0 + WEEK_SECONDS);
    let refused = rotate(&staged, &id("acme"), LIVE, NOW, until).err();
    let refused = refused.expect("there is a next one").to_string();
    assert!(
        refused.contains("2026-01 counts from 2026-03-01T00:00:00Z"),
        "{refused}"
    );
}

#[test]
fn the_ninth_secret_says_what_to_do() {
    let mut text = FILE.to_owned();
    let until = UnixSeconds(NOW.0 + WEEK_SECONDS);
    let mut rotate_again = |secret: &str| {
        let rotated = rotate(&text, &id("acme"), (KeyKind::Live, secret), NOW, until)?;
        text = rotated.text;
        Ok::<_, EditError>(parse(&text).partners[0].keys.len())
    };
    for count in 3..=8 {
        let made = rotate_again(&format!("secret-number-{count}")).expect("there is room");
        assert_eq!(made, count);
    }
    let refused = rotate_again("secret-number-9").expect_err("there is no room");
    assert!(refused.to_string().contains("take one that"), "{refused}");
}

#[test]
fn what_is_not_toml_is_told_without_the_line() {
    let broken = FILE.replace("secret = \"an-old-secret\"", "secret = \"an-old-secret");
    for refused in [
        add_west(&broken).expect_err("it is broken"),
        rotate(&broken, &id("acme"), LIVE, NOW, NOW)
            .err()
            .expect("it is broken"),
    ] {
        let refused = refused.to_string();
        assert!(refused.contains("is not TOML: line "), "{refused}");
        assert!(!refused.contains("an-old-secret"), "{refused}");
    }
}

#[test]
fn terms_are_kept_to_the_letter() {
    let terms = include_str!("../terms/terms.toml");
    let (partners, edge) = FILE.split_once("\n# Limits").expect("the file has both");
    let text = format!("{partners}{terms}\n# Limits{edge}");
    let agreed = parse(&text).partners[0].agreement.clone();
    assert_eq!(agreed.terms.len(), 4);
    for edited in [add_west(&text).expect("west is new"), rotate_acme(&text)] {
        assert!(edited.contains(terms), "{edited}");
        assert_eq!(parse(&edited).partners[0].agreement, agreed);
    }
}

#[test]
fn a_pinned_form_leaves_everything_else_as_it_was() {
    let pinned = pin(FILE, &id("acme"), &[Form::Json]).expect("acme is there");
    let added: Vec<&str> = pinned.lines().filter(|it| !FILE.contains(it)).collect();
    assert_eq!(added, ["forms = [\"json\"]"]);
    assert_eq!(pinned.lines().count(), FILE.lines().count() + 1);
    assert_eq!(parse(&pinned).partners[0].forms, Some(vec![Form::Json]));
    assert_eq!(pin(&pinned, &id("acme"), &[]).expect("there"), FILE);

    let noted = pinned.replace("[\"json\"]", "[\"json\"] # by their certificate");
    let again = pin(&noted, &id("acme"), &[Form::Raw, Form::Params]).expect("there");
    let line = "forms = [\"raw\", \"params\"] # by their certificate";
    assert!(again.contains(line), "{again}");
    assert!(matches!(
        pin(FILE, &id("east"), &[]),
        Err(EditError::Unknown(_))
    ));
}
