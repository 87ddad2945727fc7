//! Why a request could not be read: one variant per cause, each with what to do about it.

use crate::limits::{
    MAX_FIELD_BYTES, MAX_FIELDS, MAX_NAME_BYTES, MAX_QUERY_BYTES, MAX_QUOTED_CHARS,
};

/// Why a request could not be read. `field` is the name as far as it could be decoded, cut to
/// [`MAX_QUOTED_CHARS`] characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "each message says it better than a second sentence could"
)]
pub enum Unreadable {
    #[error("the request holds no fields; send them as JSON, as a form or in the query")]
    NoFields,
    #[error("a GET request has a body; send the fields in the query, or use POST")]
    BodyOnGet,
    #[error("the query is longer than {MAX_QUERY_BYTES} bytes; use POST")]
    QueryTooLong,
    #[error(
        "the query holds a character that a URL cannot carry as it is; write it as %{byte:02X}"
    )]
    RawCharacter { byte: u8 },
    #[error(
        "`{field}` is in the query of a request with a body; only `source` and `sign` may be there"
    )]
    FieldsInQuery { field: String },
    #[error("the body starts with a byte order mark; send UTF-8 without one")]
    ByteOrderMark,
    #[error("the text is not valid UTF-8; encode it as UTF-8")]
    NotUtf8,
    #[error("the text holds a NUL character; remove it")]
    Nul,
    #[error("the body is not valid JSON (line {line}, column {column})")]
    NotJson { line: usize, column: usize },
    #[error("NaN and Infinity are no JSON; send a number or leave the field out")]
    NotFinite,
    #[error("there is text after the JSON object; send one object and nothing else")]
    TrailingText,
    #[error("the body is not a JSON object; send one flat object such as {{\"clickid\":\"…\"}}")]
    NotAnObject,
    #[error("`{field}` holds an object or a list; send one flat object of texts and numbers")]
    NestedValue { field: String },
    #[error("`{field}` holds half of a surrogate pair; write the whole character")]
    LoneSurrogate { field: String },
    #[error("`{field}` holds a `%` that two hex digits do not follow; write a percent sign as %25")]
    BadPercent { field: String },
    #[error(
        "the body looks like JSON but is sent as a form; send `Content-Type: application/json`"
    )]
    JsonAsForm,
    #[error("a field has no name; write `name=value`")]
    EmptyName,
    #[error("`{field}` is there more than once (case and spelling aside); send each field once")]
    DuplicateField { field: String },
    #[error("the request holds more than {MAX_FIELDS} fields; leave out what is not needed")]
    TooManyFields,
    #[error("the name `{field}` is cut here: it is longer than {MAX_NAME_BYTES} bytes; shorten it")]
    NameTooLong { field: String },
    #[error("`{field}` is longer than {MAX_FIELD_BYTES} bytes; shorten it")]
    ValueTooLong { field: String },
    #[error("`sign` is there more than once, with different values; send it in one place")]
    SignConflict,
}

impl Unreadable {
    /// A stable name of the cause, for programs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoFields => "no_fields",
            Self::BodyOnGet => "body_on_get",
            Self::QueryTooLong => "query_too_long",
            Self::RawCharacter { .. } => "raw_character",
            Self::FieldsInQuery { .. } => "fields_in_query",
            Self::ByteOrderMark => "byte_order_mark",
            Self::NotUtf8 => "not_utf8",
            Self::Nul => "nul",
            Self::NotJson { .. } => "not_json",
            Self::NotFinite => "not_finite",
            Self::TrailingText => "trailing_text",
            Self::NotAnObject => "not_an_object",
            Self::NestedValue { .. } => "nested_value",
            Self::LoneSurrogate { .. } => "lone_surrogate",
            Self::BadPercent { .. } => "bad_percent",
            Self::JsonAsForm => "json_as_form",
            Self::EmptyName => "empty_name",
            Self::DuplicateField { .. } => "duplicate_field",
            Self::TooManyFields => "too_many_fields",
            Self::NameTooLong { .. } => "name_too_long",
            Self::ValueTooLong { .. } => "value_too_long",
            Self::SignConflict => "sign_conflict",
        }
    }
}

/// A stranger's text, short enough to repeat in a message and unable to break a log's line.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(MAX_QUOTED_CHARS).map(plain).collect()
}
