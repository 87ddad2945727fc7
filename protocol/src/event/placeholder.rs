//! Template macros that nobody filled in: `{clickid}` arrives where a click id should be.
//!
//! They come validly signed, from templates that were copied and not finished. A macro is always
//! the *whole* value; click ids may hold any character, so `{x}-1` is an honest one, and so is a
//! GUID in braces, which is how some systems print them.

use percent_encoding::percent_decode_str;

use crate::request::KNOWN_FIELDS;

/// Macros are short; a longer value is not looked at.
const MAX_MACRO_BYTES: usize = 80;

/// What trackers put around the name of a macro, longer marks first.
const MARKS: [(&str, &str); 9] = [
    ("{{", "}}"),
    ("${", "}"),
    ("{", "}"),
    ("[[", "]]"),
    ("[", "]"),
    ("<", ">"),
    ("#", "#"),
    ("%%", "%%"),
    ("%", "%"),
];

/// From this length on, hex digits are an id in brackets and not the name of a macro.
const MIN_HEX_ID_BYTES: usize = 16;

/// Whether the value is a macro that was left as it is, plain or percent-encoded once too often.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    if value.len() > MAX_MACRO_BYTES {
        return false;
    }
    let decoded = percent_decode_str(value).decode_utf8().unwrap_or_default();
    is_marked(value) || is_marked(&decoded) || is_instruction(value)
}

/// `{clickid}`, `[clickid]`, `#clickid#`, `__CLICKID__` and their like.
fn is_marked(value: &str) -> bool {
    let inside = |(open, close): &(&str, &str)| value.strip_prefix(open)?.strip_suffix(close);
    let name = MARKS.iter().find_map(inside);
    let shouted = value
        .strip_prefix("__")
        .and_then(|rest| rest.strip_suffix("__"));
    name.is_some_and(is_macro_name)
        || shouted.is_some_and(|name| is_macro_name(name) && name == name.to_ascii_uppercase())
}

/// Whether a template would name a parameter so: `clickid`, `sub_id_1`, `click.id`, `aff:sub`.
fn is_macro_name(name: &str) -> bool {
    let name = name.trim();
    let letter_first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '|' | ' ');
    let hex = |c: char| c.is_ascii_hexdigit() || c == '-';
    let id = name.len() >= MIN_HEX_ID_BYTES && name.chars().all(hex);
    letter_first && name.chars().all(plain) && !id
}

/// `REPLACE_ME`, `YOUR_CLICK_ID`, `AMOUNT_HERE`, `MACRO`: what guides write for the reader to
/// change. In capitals only, and `REPLACE`-like words apart only around the name of a field.
fn is_instruction(value: &str) -> bool {
    let names_field = |rest: &str| {
        let rest = rest.trim_matches('_').replace('_', "").to_ascii_lowercase();
        KNOWN_FIELDS
            .iter()
            .any(|field| field.replace('_', "") == rest)
    };
    let around = ["REPLACE_WITH_", "REPLACE_", "INSERT_", "YOUR_", "MACRO_"]
        .iter()
        .filter_map(|prefix| value.strip_prefix(prefix))
        .chain(
            ["_HERE", "_MACRO"]
                .iter()
                .filter_map(|suffix| value.strip_suffix(suffix)),
        )
        .any(names_field);
    let shouted = value == value.to_ascii_uppercase();
    let alone = matches!(
        value,
        "REPLACE" | "REPLACE_ME" | "REPLACEME" | "REPLACE-ME" | "MACRO"
    );
    alone || (shouted && around)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn macros_in_all_usual_marks_are_seen() {
        for value in [
            "{amount}",
            "{{clickid}}",
            "{{ click_id }}",
            "${clickid}",
            "[clickid]",
            "[[clickid]]",
            "<clickid>",
            "#clickid#",
            "%clickid%",
            "%%CLICKID%%",
            "__CLICKID__",
            "{sub_id_1}",
            "{aff.sub}",
            "{click:id}",
            " {clickid} ",
            "{ad}",
            "%ad%",
            "{_x}",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn macros_encoded_once_too_often_are_seen() {
        for value in [
            "%7Bclickid%7D",
            "%7bclickid%7d",
            "%7B%7Bclickid%7D%7D",
            "%5Bx%5D",
            "%23x%23",
            "%3Cx%3E",
            "%24%7Bx%7D",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn instructions_to_the_reader_are_seen() {
        for value in [
            "REPLACE",
            "REPLACE_ME",
            "REPLACEME",
            "REPLACE_CLICKID",
            "YOUR_CLICK_ID",
            "MACRO",
            "INSERT_AMOUNT",
            "AMOUNT_HERE",
            "CLICKID_MACRO",
            "REPLACE_WITH_CLICK_ID",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn honest_values_are_left_alone() {
        for value in [
            "",
            "abc123def456",
            "{x}-1",
            "a{b}c",
            "{}",
            "[]",
            "{1}",
            "#1",
            "100%",
            "%41%42",
            "{a50e8400-e29b-41d4-a716-446655440000}",
            "[deadbeefdeadbeef]",
            "{\"a\":1}",
            "[x",
            "x]",
            "#x",
            "__clickid__",
            "replace",
            "REPLACEMENT",
            "YOUR_BRAND",
            "STAY_HERE",
            "fb_{adset}",
            "<b>bold</b>",
            "{a/b}",
            "macro",
            "ftd",
            "50.00",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn a_value_too_long_for_a_macro_is_left_alone() {
        assert!(!is_placeholder(&format!(
            "{{{}}}",
            "x".repeat(MAX_MACRO_BYTES)
        )));
    }
}
