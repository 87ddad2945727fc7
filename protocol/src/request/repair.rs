//! Names that an HTML entity has eaten.
//!
//! A URL pasted into HTML without escaping loses `&currency` to `&curren;` (`¤cy`) and
//! `&timestamp` to `&times;` (`×tamp`). The page this protocol serves carries such a URL itself.
//! The damage is plain and undone at the raw level, before any decoding: the entity as raw
//! UTF-8, percent-encoded UTF-8 or percent-encoded Latin-1, and only with a literal `=` after
//! it, which an honestly encoded value does not hold. A signature counts only over the repaired
//! text, never over the raw body, so nobody but the partner can make a repair count.

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
            .find_map(|entity| strip_entity(head, entity))?;
        let value = tail.strip_prefix(rest)?;
        Some(Mangled {
            before,
            field,
            value,
        })
    })
}

/// Takes an entity off the end. Percent-encoding may use hex digits of either case.
fn strip_entity<'a>(head: &'a str, entity: &str) -> Option<&'a str> {
    let (before, end) = head.split_at_checked(head.len().checked_sub(entity.len())?)?;
    let is_latin1 = entity.len() == "%A4".len();
    let whole = end.eq_ignore_ascii_case(entity) && !(is_latin1 && ends_inside_a_character(before));
    whole.then_some(before)
}

/// Whether a percent-encoded byte beyond ASCII stands at the end. Then what follows is the rest
/// of a UTF-8 character, such as the `%A4` of `%C3%A4` (`ä`), and no Latin-1 entity.
fn ends_inside_a_character(before: &str) -> bool {
    matches!(
        before.as_bytes(),
        [.., b'%', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', _]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_eaten_names_come_back_in_every_way_they_are_sent() {
        for entity in ["¤", "%C2%A4", "%c2%a4", "%A4", "%a4"] {
            let piece = format!("amount=50.00{entity}cy=USD");
            let mangled = find(&piece).unwrap();
            assert_eq!(
                (mangled.before, mangled.field, mangled.value),
                ("amount=50.00", "currency", "USD")
            );
        }
        for entity in ["×", "%C3%97", "%c3%97", "%D7", "%d7"] {
            let piece = format!("geo=DE{entity}tamp=1717000000");
            let mangled = find(&piece).unwrap();
            assert_eq!(
                (mangled.before, mangled.field, mangled.value),
                ("geo=DE", "timestamp", "1717000000")
            );
        }
    }

    #[test]
    fn the_first_of_several_comes_first() {
        let mangled = find("amount=5×tamp=1¤cy=USD").unwrap();
        assert_eq!((mangled.field, mangled.value), ("timestamp", "1¤cy=USD"));
    }

    #[test]
    fn nothing_is_repaired_without_a_literal_equals_sign() {
        for piece in [
            "sub_id_1=a¤cy%3DUSD",
            "sub_id_1=a%C2%A4cy",
            "cy=USD",
            "a=%C2%A4 cy=x",
            "a=¤ cy=",
            "",
        ] {
            assert_eq!(find(piece), None, "{piece}");
        }
    }

    #[test]
    fn the_last_byte_of_a_character_is_no_latin1_entity() {
        assert_eq!(find("sub_id_1=%C3%A4cy=x"), None);
        assert_eq!(find("%E4%BD%A4cy=x"), None);
    }

    #[test]
    fn text_of_odd_lengths_around_wide_characters_is_walked_safely() {
        for piece in [
            "écy=",
            "€tamp=",
            "𝄞cy=",
            "%cy=",
            "4cy=%",
            "¤¤cy=¤",
            "%A4cy=%A4cy=",
        ] {
            let _ = find(piece);
        }
    }
}
