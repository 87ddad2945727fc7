//! Form and query parameters: `name=value` joined by `&`, nothing else.
//!
//! `;` separates nothing. Empty pieces (`a=1&&b=2`, a trailing `&`) are passed over. A piece
//! without `=` is a parameter with an empty value.

use super::percent::decode;
use super::unreadable::quoted;
use super::{Field, Kind, Unreadable, Warning, repair};
use crate::limits::MAX_FIELDS;

/// Reads parameters and puts back the names that HTML entities have eaten.
pub(super) fn read<'a>(
    text: &'a [u8],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Field<'a>>, Unreadable> {
    let text = utf8(text)?;
    let mut fields = Vec::with_capacity(16);
    for piece in text.split('&') {
        let mut rest = piece;
        while let Some(mangled) = repair::find(rest) {
            push(&mut fields, mangled.before)?;
            // Everything up to the next entity, or to the end, is the repaired one's value.
            let value_end =
                repair::find(mangled.value).map_or(mangled.value.len(), |m| m.before.len());
            let (value, after) = mangled.value.split_at(value_end);
            push_pair(&mut fields, mangled.field, value)?;
            warnings.push(Warning::RepairedEntity {
                field: mangled.field,
            });
            rest = after;
        }
        push(&mut fields, rest)?;
    }
    Ok(fields)
}

/// Reads the query that stands beside a body, where nothing is repaired.
pub(super) fn read_beside_body(query: &[u8]) -> Result<Vec<Field<'_>>, Unreadable> {
    let mut fields = Vec::new();
    for piece in utf8(query)?.split('&') {
        push(&mut fields, piece)?;
    }
    Ok(fields)
}

fn utf8(text: &[u8]) -> Result<&str, Unreadable> {
    let text = std::str::from_utf8(text).map_err(|_| Unreadable::NotUtf8)?;
    if text.starts_with('\u{feff}') {
        return Err(Unreadable::ByteOrderMark);
    }
    Ok(text)
}

fn push<'a>(fields: &mut Vec<Field<'a>>, piece: &'a str) -> Result<(), Unreadable> {
    if piece.is_empty() {
        return Ok(());
    }
    let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
    push_pair(fields, name, value)
}

fn push_pair<'a>(
    fields: &mut Vec<Field<'a>>,
    sent_name: &'a str,
    sent_value: &'a str,
) -> Result<(), Unreadable> {
    if fields.len() == MAX_FIELDS {
        return Err(Unreadable::TooManyFields);
    }
    let name = decode(sent_name)?;
    let value = decode(sent_value).map_err(|cause| match cause {
        Unreadable::BadPercent { .. } => Unreadable::BadPercent {
            field: quoted(&name),
        },
        other => other,
    })?;
    fields.push(Field {
        name,
        value,
        kind: Kind::Text,
        sent_name,
        sent_value,
    });
    Ok(())
}
