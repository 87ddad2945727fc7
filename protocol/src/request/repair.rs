//! Names that an HTML entity has eaten.
//!
//! A URL pasted into HTML without escaping loses `&currency` to `&curren;` (`¤cy`) and
//! `&timestamp` to `&times;` (`×tamp`). The page this protocol serves carries such a URL itself.
//! The damage is plain and undone at the raw level, before any decoding: the entity as raw
//! UTF-8, percent-encoded UTF-8 or percent-encoded Latin-1, and only with a literal `=` after
//! it, which an honestly encoded value does not hold. The signature covers the repaired text,
//! so nobody but the partner can make a repair count.

/// A mangled parameter inside a piece between two `&`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mangled<'a> {
    /// What comes before the entity: the parameter that should have ended here.
    pub(super) before: &'a str,
    /// The name that was eaten.
    pub(super) field: &'static str,
    /// What comes after the `=`.
    pub(super) value: &'a str,
}

/// What is left of each eaten name, and what it was.
const EATEN: [(&str, [&str; 3], &str); 2] = [
    ("cy=", ["¤", "%C2%A4", "%A4"], "currency"),
    ("tamp=", ["×", "%C3%97", "%D7"], "timestamp"),
];

/// The first mangled parameter of a piece.
pub(super) fn find(piece: &str) -> Option<Mangled<'_>> {
    // Nothing to look for in the pieces nearly everybody sends.
    if !piece.bytes().any(|b| b == b'%' || b >= 0x80) {
        return None;
    }
    let found = EATEN.iter().filter_map(|eaten| find_one(piece, eaten));
    found.min_by_key(|mangled| mangled.before.len())
}

fn find_one<'a>(
    piece: &'a str,
    (rest, entities, field): &(&str, [&str; 3], &'static str),
) -> Option<Mangled<'a>> {
    piece.match_indices(rest).find_map(|(at, rest)| {
        let (head, tail) = piece.split_at_checked(at)?;
        let before = entities
            .iter()
            .find_map(|entity| strip_suffix(head, entity))?;
        let value = tail.strip_prefix(rest)?;
        Some(Mangled {
            before,
            field,
            value,
        })
    })
}

/// Percent-encoding may use hex digits of either case.
fn strip_suffix<'a>(head: &'a str, entity: &str) -> Option<&'a str> {
    let (before, end) = head.split_at_checked(head.len().checked_sub(entity.len())?)?;
    end.eq_ignore_ascii_case(entity).then_some(before)
}
