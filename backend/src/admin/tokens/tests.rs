//! Tokens: made, kept as digests, found, ended, followed.

use std::fs;

use super::{Follower, MAX_TOKENS, TOKEN_PREFIX, TokenName, Tokens, TokensError};
use crate::files;

fn name(text: &str) -> TokenName {
    TokenName::parse(text).expect("a name")
}

fn issued(tokens: &mut Tokens, who: &str, random: u8) -> String {
    tokens.issue(name(who), [random; 32]).expect("issued")
}

#[test]
fn a_token_is_known_by_its_digest_alone() {
    let mut tokens = Tokens::default();
    let ada = issued(&mut tokens, "ada", 1);
    let bob = issued(&mut tokens, "bob", 2);
    assert!(ada.starts_with(TOKEN_PREFIX));
    let text = tokens.to_text();
    assert!(!text.contains(&ada[TOKEN_PREFIX.len()..]), "{text}");
    let read = Tokens::parse(&text).expect("what we write");
    assert_eq!(read, tokens);
    assert_eq!(read.who(ada.as_bytes()), Some(&name("ada")));
    assert_eq!(read.who(bob.as_bytes()), Some(&name("bob")));
    for wrong in ["", "postern_admin_", &ada[1..], &format!("{ada}0"), &text] {
        assert_eq!(read.who(wrong.as_bytes()), None, "{wrong}");
    }
}

#[test]
fn a_name_has_one_token_until_it_is_revoked() {
    let mut tokens = Tokens::default();
    let old = issued(&mut tokens, "ada", 1);
    let refused = tokens.issue(name("ada"), [2; 32]);
    assert_eq!(refused, Err(TokensError::Taken(name("ada"))));
    assert!(tokens.revoke(&name("ada")));
    assert!(!tokens.revoke(&name("ada")), "there is none any more");
    let new = issued(&mut tokens, "ada", 2);
    assert_eq!(tokens.who(old.as_bytes()), None);
    assert_eq!(tokens.who(new.as_bytes()), Some(&name("ada")));
}

#[test]
fn no_more_than_the_limit_are_kept() {
    let mut tokens = Tokens::default();
    for number in 0..MAX_TOKENS {
        let number = u8::try_from(number).expect("fits");
        issued(&mut tokens, &format!("n{number}"), number);
    }
    let refused = tokens.issue(name("one-more"), [255; 32]);
    assert_eq!(refused, Err(TokensError::TooMany));
}

#[test]
fn a_wrong_line_is_named_by_its_number_and_not_repeated() {
    let good = format!("{} ada\n", "0f".repeat(32));
    for wrong in [
        "postern_admin_secret",
        "0f ada",
        &"0f".repeat(32),
        &format!("{} two words", "0f".repeat(32)),
        &format!("{} ada", "é".repeat(32)),
    ] {
        let error = Tokens::parse(&format!("{good}\n{wrong}\n")).expect_err("not a line");
        assert_eq!(error, TokensError::Line(3), "{wrong}");
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn names_are_one_word() {
    for text in ["ada", "ada@example.com", "Жанна", "a.b_c-d+e"] {
        assert_eq!(name(text).as_str(), text);
    }
    for text in ["", "two words", "line\nbreak", "a,b", &"x".repeat(101)] {
        assert!(TokenName::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn the_file_is_followed_and_a_damaged_one_lets_nobody_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("admin.tokens");
    let mut follower = Follower::open(&path);
    let seen = follower.subscribe();
    assert!(seen.borrow().is_empty(), "there is no file yet");

    let mut tokens = Tokens::default();
    let ada = issued(&mut tokens, "ada", 1);
    files::replace(&path, tokens.to_text().as_bytes()).expect("written");
    assert!(seen.borrow().is_empty(), "nobody has looked yet");
    follower.look();
    assert_eq!(seen.borrow().who(ada.as_bytes()), Some(&name("ada")));

    files::replace(&path, b"half a li").expect("written");
    follower.look();
    assert!(seen.borrow().is_empty(), "damaged");

    files::replace(&path, tokens.to_text().as_bytes()).expect("written");
    follower.look();
    assert!(!seen.borrow().is_empty(), "healed");
    fs::remove_file(&path).expect("removed");
    follower.look();
    assert!(seen.borrow().is_empty(), "gone");
}
