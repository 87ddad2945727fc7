//! A recipe's text as JSON.

use super::super::recipe::{Encoder, Escapes, Quotes, Recipe, Spacing, Values};
use super::Item;
use crate::request::Kind;

/// The spacings that are recognised in a body.
const SPACINGS: [Spacing; 6] = [
    Spacing::AfterBoth,
    Spacing::AfterComma,
    Spacing::AfterColon,
    Spacing::Lines("  "),
    Spacing::Lines("    "),
    Spacing::Lines("\t"),
];

/// The spacing a body was written with; compact where it is none we know.
pub(super) fn spacing_of(items: &[Item<'_>], body: &[u8]) -> Spacing {
    let body = body.trim_ascii();
    let writes_it = |spacing: &Spacing| {
        let text = write(items, &Recipe::RAW, *spacing);
        text == body
    };
    SPACINGS
        .into_iter()
        .find(writes_it)
        .unwrap_or(Spacing::Compact)
}

/// Members in the order given. `sent` is the body's own spacing.
pub(super) fn write(items: &[Item<'_>], recipe: &Recipe, sent: Spacing) -> Vec<u8> {
    let spacing = if recipe.spacing == Spacing::AsSent {
        sent
    } else {
        recipe.spacing
    };
    let (open, comma, colon, close) = match spacing {
        Spacing::AsSent | Spacing::Compact => ("{".to_owned(), ",".to_owned(), ":", "}"),
        Spacing::AfterBoth => ("{".to_owned(), ", ".to_owned(), ": ", "}"),
        Spacing::AfterComma => ("{".to_owned(), ", ".to_owned(), ":", "}"),
        Spacing::AfterColon => ("{".to_owned(), ",".to_owned(), ": ", "}"),
        Spacing::Lines(indent) => (format!("{{\n{indent}"), format!(",\n{indent}"), ": ", "\n}"),
    };
    let mut out = open;
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            out.push_str(&comma);
        }
        name(&mut out, item, recipe);
        out.push_str(colon);
        value(&mut out, item, recipe);
    }
    out.push_str(close);
    out.into_bytes()
}

fn name(out: &mut String, item: &Item<'_>, recipe: &Recipe) {
    match recipe.escapes {
        Escapes::AsSent if item.sent_name.starts_with('"') => out.push_str(item.sent_name),
        escapes => string(out, &item.name, encoder(escapes)),
    }
}

fn value(out: &mut String, item: &Item<'_>, recipe: &Recipe) {
    let is_number = serde_json::from_str::<serde_json::Number>(&item.value).is_ok();
    let means = |name: Option<&str>| name.is_none_or(|name| name == item.name);
    let quoted = match recipe.quotes {
        Quotes::Text(name) if item.kind == Kind::Number && means(name) => true,
        Quotes::Number(name) if item.kind == Kind::Text && is_number && means(name) => false,
        _ => item.kind == Kind::Text,
    };
    let as_sent = recipe.escapes == Escapes::AsSent && recipe.values == Values::AsSent;
    match quoted {
        false => out.push_str(&item.value),
        true if as_sent && item.sent_value.starts_with('"') => out.push_str(item.sent_value),
        true => string(out, &item.value, encoder(recipe.escapes)),
    }
}

/// Who writes what was not sent as JSON.
const fn encoder(escapes: Escapes) -> Encoder {
    match escapes {
        Escapes::By(encoder) => encoder,
        Escapes::AsSent => super::super::encoders::PLAIN,
    }
}

fn string(out: &mut String, text: &str, by: Encoder) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' if !by.quotes => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '/' if by.slash => out.push_str("\\/"),
            _ if is_escaped(c, by) => unicode(out, c, by.upper_hex),
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn is_escaped(c: char, by: Encoder) -> bool {
    match c {
        '\0'..='\u{1f}' => true,
        '\u{7f}' => by.delete,
        '<' | '>' | '&' => by.html,
        '"' | '\'' | '+' | '`' => by.quotes,
        '\u{2028}' | '\u{2029}' => by.html || by.non_ascii,
        _ => by.non_ascii && !c.is_ascii(),
    }
}

fn unicode(out: &mut String, c: char, upper: bool) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.push_str(&if upper {
            format!("\\u{unit:04X}")
        } else {
            format!("\\u{unit:04x}")
        });
    }
}
