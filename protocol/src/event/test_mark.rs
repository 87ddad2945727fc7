//! `test=1`: a postback that says of itself that it is a test. Nothing of it is ever booked, so a
//! word that could mean either is refused and not guessed.

use thiserror::Error;

use super::read::{Reader, word};
use crate::request::{Kind, Postback};

const NAME: &str = "test";

/// Why a value does not say whether it is a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("1 or true for a test; leave it out, or send 0 or false, for what really happened")]
pub struct NotATestMark;

/// Whether the postback says that it is a test, or that it is none; `None` where it says nothing that
/// can be read. One whose mark cannot be read is no event either.
#[must_use]
pub fn test_mark(postback: &Postback<'_>) -> Option<bool> {
    let field = postback.get(NAME);
    let field = field.filter(|field| field.kind() != Kind::Null)?;
    parse(field.value()).ok()
}

/// What is left of `&amp;` before a name in a URL that was written for a page.
const ENTITY: &str = "amp;";

/// Looks at the mark, also where it stands under a name that is not read: a test must not be booked
/// for its capital letters, nor for an entity before it.
pub(super) fn check(reader: &mut Reader<'_, '_>) {
    reader.read(NAME, word(parse));
    let misnamed = reader
        .misnamed(NAME)
        .or_else(|| reader.behind(ENTITY, NAME));
    if let Some(field) = misnamed.filter(|field| parse(field.value()) == Ok(true)) {
        let name = field.name();
        let expected = format!("`test`, spelt just so; `{name}` is not read");
        reader.wrong(NAME, None, expected);
    }
}

/// Upper and lower case mean the same: programs write `True` as well.
fn parse(text: &str) -> Result<bool, NotATestMark> {
    let is = |words: [&str; 2]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match (is(["1", "true"]), is(["0", "false"])) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(NotATestMark),
    }
}
