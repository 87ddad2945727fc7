//! A request that has been read: flat fields, each decoded and each exactly as sent.

use std::borrow::Cow;

use super::{Encoding, Warning};

/// What kind of value a field holds. Parameters of forms and queries are always text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A JSON string, or a parameter.
    Text,
    /// A JSON number, as sent.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
}

/// One field of a postback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
    pub(crate) kind: Kind,
    pub(crate) sent_name: &'a str,
    pub(crate) sent_value: &'a str,
}

impl<'a> Field<'a> {
    /// The name, decoded and repaired.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, decoded; of a number, `true`, `false` or `null` the token as sent.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What kind of value it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The name's token exactly as sent: with quotes in JSON, percent-encoded in parameters. A
    /// repaired name is given as it should have been sent.
    #[must_use]
    pub const fn sent_name(&self) -> &'a str {
        self.sent_name
    }

    /// The value's token exactly as sent: with quotes in JSON, percent-encoded in parameters.
    #[must_use]
    pub const fn sent_value(&self) -> &'a str {
        self.sent_value
    }
}

/// A request that has been read. Names are unique, case aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postback<'a> {
    pub(super) encoding: Encoding,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) sign: Option<Cow<'a, str>>,
    pub(super) sign_in_header: bool,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Postback<'a> {
    /// How the fields were written.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// All fields of the payload in the order sent, `sign` and `source` among them.
    #[must_use]
    pub fn fields(&self) -> &[Field<'a>] {
        &self.fields
    }

    /// The field of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The signature, wherever it was sent; an empty one counts as absent.
    #[must_use]
    pub fn sign(&self) -> Option<&str> {
        self.sign.as_deref()
    }

    /// Whether the signature came in the header, so that it may cover the body as sent.
    #[must_use]
    pub const fn sign_in_header(&self) -> bool {
        self.sign_in_header
    }

    /// What was mended or not understood.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The payload's own `source`, if it has one. The caller refuses one that differs from the
    /// partner it has identified.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        let source = self.get("source").filter(|field| field.kind != Kind::Null);
        source.map(Field::value)
    }
}
