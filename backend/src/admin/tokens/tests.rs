//! Tokens: made, kept as digests, found, ended, followed.

use std::fs;

use super::{Follower, MAX_TOKENS, Role, TOKEN_PREFIX, TokenName, Tokens, TokensError};
use crate::files;

fn name(text: &str) -> TokenName {
    TokenName::parse(text).expect("a name")
}

fn issued(tokens: &mut Tokens, who: &str, random: u8) -> String {
    issued_as(tokens, who, Role::Admin, random)
}

fn issued_as(tokens: &mut Tokens, who: &str, role: Role, random: u8) -> String {
    let issued = tokens.issue(name(who), role, [random; 32]);
    issued.expect("issued")
}

/// Whose token it is, by name.
fn who(tokens: &Tokens, token: &str) -> Option<TokenName> {
    tokens.who(token.as_bytes()).map(|it| it.name.clone())
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
    assert_eq!(who(&read, &ada), Some(name("ada")));
    assert_eq!(who(&read, &bob), Some(name("bob")));
    for wrong in ["", "postern_admin_", &ada[1..], &format!("{ada}0"), &text] {
        assert_eq!(who(&read, wrong), None, "{wrong}");
    }
}

#[test]
fn a_role_stands_behind_the_name_and_a_line_without_one_is_an_admins() {
    let mut tokens = Tokens::default();
    let roles = [
        ("ada", Role::Admin),
        ("eve", Role::Viewer),
        ("rita", Role::Reviewer),
    ];
    let mut random = 0;
    for (who, role) in roles {
        random += 1;
        issued_as(&mut tokens, who, role, random);
    }
    let text = tokens.to_text();
    let ends: Vec<&str> = text.lines().map(|line| &line[64..]).collect();
    assert_eq!(ends, [" ada", " eve viewer", " rita reviewer"]);
    assert_eq!(Tokens::parse(&text), Ok(tokens));
    let all = Tokens::parse(&text).expect("what we write");
    let read: Vec<_> = all
        .holders()
        .map(|it| (it.name.as_str(), it.role))
        .collect();
    assert_eq!(read, roles);
    let said = Tokens::parse(&format!("{} ada admin", "0f".repeat(32)));
    assert_eq!(
        said.expect("a line").holders().next().map(|it| it.role),
        Some(Role::Admin)
    );
}

#[test]
fn a_name_has_one_token_until_it_is_revoked() {
    let mut tokens = Tokens::default();
    let old = issued(&mut tokens, "ada", 1);
    let refused = tokens.issue(name("ada"), Role::Admin, [2; 32]);
    assert_eq!(refused, Err(TokensError::Taken(name("ada"))));
    assert!(tokens.revoke(&name("ada")));
    assert!(!tokens.revoke(&name("ada")), "there is none any more");
    let new = issued(&mut tokens, "ada", 2);
    assert_eq!(who(&tokens, &old), None);
    assert_eq!(who(&tokens, &new), Some(name("ada")));
}

#[test]
fn no_more_than_the_limit_are_kept() {
    let mut tokens = Tokens::default();
    for number in 0..MAX_TOKENS {
        let number = u8::try_from(number).expect("fits");
        issued(&mut tokens, &format!("n{number}"), number);
    }
    let refused = tokens.issue(name("one-more"), Role::Admin, [255; 32]);
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
        &format!("{} ada Admin", "0f".repeat(32)),
        &format!("{} ada viewer admin", "0f".repeat(32)),
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
    assert_eq!(who(&seen.borrow(), &ada), Some(name("ada")));

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
