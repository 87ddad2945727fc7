//! A recipe's text as parameters.

use super::super::recipe::{Join, Order, Percent, Recipe, Values};
use super::Item;

/// Parameters in the order given.
pub(super) fn write(items: &[Item<'_>], recipe: &Recipe) -> Vec<u8> {
    let (between, names, equals) = match recipe.join {
        Join::Ampersand => ("&", true, "="),
        Join::By(between) => (between, true, "="),
        Join::ValuesBy(between) => (between, false, ""),
        Join::Bare => ("", true, ""),
    };
    let pair = |item: &Item<'_>| {
        let value = written(&item.value, item.sent_value, recipe.values);
        if !names {
            return value;
        }
        let name = written(&item.name, item.sent_name, recipe.values);
        format!("{name}{equals}{value}")
    };
    items
        .iter()
        .map(pair)
        .collect::<Vec<_>>()
        .join(between)
        .into_bytes()
}

/// The pieces between `&` as sent, but the one of `sign`.
pub(super) fn pieces(text: &[u8], order: Order) -> Vec<u8> {
    let mut pieces: Vec<&[u8]> = text
        .split(|&b| b == b'&')
        .filter(|piece| !piece.is_empty() && !piece.starts_with(b"sign="))
        .collect();
    if order == Order::Sorted {
        pieces.sort_unstable();
    }
    pieces.join(&b'&')
}

/// A name or value. What was sent as JSON, or not at all, is taken as it means.
fn written(means: &str, sent: &str, values: Values) -> String {
    match values {
        Values::AsSent if sent.is_empty() || sent.starts_with('"') => means.to_owned(),
        Values::AsSent => sent.to_owned(),
        Values::Decoded => means.to_owned(),
        Values::DecodedTwice => decoded(means),
        Values::Encoded(percent) => encoded(means, percent),
    }
}

fn decoded(text: &str) -> String {
    let blanks = text.replace('+', " ");
    percent_encoding::percent_decode_str(&blanks)
        .decode_utf8_lossy()
        .into_owned()
}

fn encoded(text: &str, percent: Percent) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '.' | '_' => out.push(c),
            ' ' => out.push_str(percent.blank),
            _ if percent.plain.contains(c) => out.push(c),
            _ if percent.lower_hex => out.push_str(&format!("%{byte:02x}")),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
