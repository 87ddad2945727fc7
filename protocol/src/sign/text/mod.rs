//! The exact bytes each form signs, rebuilt from a postback's tokens.

use std::borrow::Cow;

use super::Form;
use crate::request::{Encoding, Field, Kind, Postback, Warning};

/// The bytes a form signs, the time header's prefix not included; `None` where the form does not
/// apply to this postback.
///
/// - [`Form::Raw`]: the body, of any request that has one. Not a body in which an entity was
///   repaired: the fields would say something else than the bytes that were signed.
/// - `Json*`: `{"a":1,"b":"x"}`, only for JSON bodies; sorted by the decoded name's code points.
/// - `Params*`: `a=1&b=x`, only for forms and queries, sorted the same. An empty parameter
///   is `a=`. The decoded one does not apply when a name or value holds `&` or `=`: two different
///   postbacks could give the same text. Neither applies when the text would open like JSON.
///
/// A text that starts with digits and a dot counts only with a time header, whose prefix it
/// could be.
///
/// `sign` is never part of the text, except in a raw body that holds it.
#[must_use]
pub fn text<'b>(form: Form, postback: &Postback<'_>, body: &'b [u8]) -> Option<Cow<'b, [u8]>> {
    match form {
        Form::Raw => covers_raw(postback).then_some(Cow::Borrowed(body)),
        _ => written(form, &signed_fields(postback), postback.encoding()).map(Cow::Owned),
    }
}

/// Whether the body as sent says what the fields say.
pub(super) fn covers_raw(postback: &Postback<'_>) -> bool {
    let repaired = |warning: &Warning| matches!(warning, Warning::RepairedEntity { .. });
    postback.encoding() != Encoding::Query && !postback.warnings().iter().any(repaired)
}

/// All fields but `sign`, sorted. UTF-8 keeps the order of code points.
pub(crate) fn signed_fields<'p, 'a>(postback: &'p Postback<'a>) -> Vec<&'p Field<'a>> {
    let fields = postback.fields().iter();
    let mut fields: Vec<_> = fields.filter(|field| field.name() != "sign").collect();
    fields.sort_unstable_by(|a, b| a.name().cmp(b.name()));
    fields
}

/// A form's text from sorted fields; `None` for forms that do not apply.
pub(super) fn written(form: Form, fields: &[&Field<'_>], encoding: Encoding) -> Option<Vec<u8>> {
    let is_json = encoding == Encoding::Json;
    match form {
        Form::Json if is_json => Some(json(fields, |out, field| {
            out.extend_from_slice(field.sent_name().as_bytes());
            out.push(b':');
            out.extend_from_slice(field.sent_value().as_bytes());
        })),
        Form::JsonAscii if is_json => Some(json_escaped(fields, ESCAPES_OF_PYTHON)),
        Form::JsonUtf8 if is_json => Some(json_escaped(fields, ESCAPES_LEAST)),
        Form::JsonSlash if is_json => Some(json_escaped(fields, ESCAPES_OF_PHP)),
        Form::Params if !is_json && !opens_like_json(fields) => {
            Some(params(fields, |f| (f.sent_name(), f.sent_value())))
        }
        Form::ParamsDecoded
            if !is_json && !opens_like_json(fields) && joins_unambiguously(fields) =>
        {
            Some(params(fields, |f| (f.name(), f.value())))
        }
        _ => None,
    }
}

/// Whether the body is [`Form::Json`]'s text already: its members stand sorted, none of them is `sign`, and tokens and
/// marks add up to the body, so that there is no white space between them. It saves writing the same again.
pub(super) fn is_sent_as_signed(postback: &Postback<'_>, body: &[u8]) -> bool {
    let fields = postback.fields();
    postback.encoding() == Encoding::Json
        && fields.is_sorted_by(|a, b| a.name() <= b.name())
        && !fields.iter().any(|field| field.name() == "sign")
        && json_bytes(fields) == body.len()
}

/// Whether every form after this text's own gives the same one, as for nearly every postback: it holds nothing that
/// encoders write differently. It saves writing the others.
pub(super) fn is_written_one_way(text: &[u8], encoding: Encoding) -> bool {
    // The whole text without an early end: such loops run many bytes at a time.
    let in_json = |any, b: &u8| any | (*b == b'\\') | (*b == b'/') | (*b >= 0x7f);
    let in_params = |any, b: &u8| any | (*b == b'%') | (*b == b'+');
    let varies = match encoding {
        Encoding::Json => text.iter().fold(false, in_json),
        Encoding::Form | Encoding::Query => text.iter().fold(false, in_params),
    };
    !varies
}

/// Whether `k=v&k=v` of the decoded fields can be read in one way only.
pub(crate) fn joins_unambiguously(fields: &[&Field<'_>]) -> bool {
    let joins = |text: &str| text.bytes().any(|b| matches!(b, b'&' | b'='));
    !fields
        .iter()
        .any(|field| joins(field.name()) || joins(field.value()))
}

/// Whether the joined text could be a JSON body that was signed as sent, such as
/// `\n{"sub_id_1":"x&event=ftd&…`, whose text a visitor chose a part of.
fn opens_like_json(fields: &[&Field<'_>]) -> bool {
    let first = fields.first();
    first.is_some_and(|field| field.name().trim_ascii_start().starts_with('{'))
}

/// Whether the decoded text could also be one that was signed as sent: `a=tx%3A1` is what
/// `a=tx%3A1` sends and what `a=tx%253A1` means. Only a pin can tell which of the two it is.
pub(crate) fn reads_as_sent(fields: &[&Field<'_>]) -> bool {
    let encodes = |text: &str| text.bytes().any(|b| matches!(b, b'%' | b'+'));
    let mut fields = fields.iter();
    fields.any(|field| encodes(field.name()) || encodes(field.value()))
}

fn params(
    fields: &[&Field<'_>],
    pair: impl for<'f> Fn(&'f Field<'f>) -> (&'f str, &'f str),
) -> Vec<u8> {
    let mut out = Vec::with_capacity(json_bytes(fields.iter().copied()));
    for (n, field) in fields.iter().enumerate() {
        if n > 0 {
            out.push(b'&');
        }
        let (name, value) = pair(field);
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        out.extend_from_slice(value.as_bytes());
    }
    out
}

fn json(fields: &[&Field<'_>], member: impl Fn(&mut Vec<u8>, &Field<'_>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(json_bytes(fields.iter().copied()));
    out.push(b'{');
    for (n, field) in fields.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        member(&mut out, field);
    }
    out.push(b'}');
    out
}

/// Length of the fields' text in [`Form::Json`]. As parameters they are shorter.
fn json_bytes<'f>(fields: impl IntoIterator<Item = &'f Field<'f>>) -> usize {
    // A colon in each member, a comma after each but the last, and two braces.
    let member = |field: &Field<'_>| field.sent_name().len() + field.sent_value().len() + 2;
    fields.into_iter().map(member).sum::<usize>() + 1
}

/// What an encoder escapes beyond `"`, `\` and control characters, which all escape alike.
#[derive(Clone, Copy)]
struct Escapes {
    non_ascii: bool,
    delete: bool,
    slash: bool,
}

const ESCAPES_OF_PYTHON: Escapes = Escapes {
    non_ascii: true,
    delete: true,
    slash: false,
};
const ESCAPES_LEAST: Escapes = Escapes {
    non_ascii: false,
    delete: false,
    slash: false,
};
const ESCAPES_OF_PHP: Escapes = Escapes {
    non_ascii: true,
    delete: false,
    slash: true,
};

fn json_escaped(fields: &[&Field<'_>], escapes: Escapes) -> Vec<u8> {
    json(fields, |out, field| {
        string(out, field.name(), escapes);
        out.push(b':');
        match field.kind() {
            Kind::Text => string(out, field.value(), escapes),
            _ => out.extend_from_slice(field.value().as_bytes()),
        }
    })
}

fn string(out: &mut Vec<u8>, text: &str, escapes: Escapes) {
    out.push(b'"');
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '/' if escapes.slash => out.extend_from_slice(b"\\/"),
            '\0'..='\u{1f}' => unicode(out, c),
            '\u{7f}' if escapes.delete => unicode(out, c),
            '\0'..='\u{7f}' => out.push(c as u8),
            _ if escapes.non_ascii => unicode(out, c),
            _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// `\uXXXX` in lower hex, as a surrogate pair beyond the basic plane.
fn unicode(out: &mut Vec<u8>, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.extend_from_slice(b"\\u");
        for shift in [12, 8, 4, 0] {
            let digit = char::from_digit(u32::from(*unit >> shift & 0xf), 16);
            out.push(digit.map_or(b'0', |digit| digit as u8));
        }
    }
}

#[cfg(test)]
mod tests;
