//! How a signed text may have been made: each choice a sender's program makes, by name.

use super::Cause;

/// One way to make a text of a request. Two settings of one kind exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) syntax: Syntax,
    pub(super) order: Order,
    pub(super) spacing: Spacing,
    pub(super) escapes: Escapes,
    pub(super) digits: Digits,
    pub(super) quotes: Quotes,
    pub(super) values: Values,
    pub(super) names: Names,
    pub(super) fields: Fields,
    pub(super) join: Join,
    pub(super) envelope: Envelope,
    pub(super) case: Case,
    pub(super) stamp: Stamp,
}

/// One choice, made differently from a form's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    Syntax(Syntax),
    Order(Order),
    Spacing(Spacing),
    Escapes(Escapes),
    Digits(Digits),
    Quotes(Quotes),
    Values(Values),
    Names(Names),
    Fields(Fields),
    Join(Join),
    Envelope(Envelope),
    Case(Case),
    Stamp(Stamp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// The body exactly as sent, as far as no other setting asks for its members.
    Raw,
    Json,
    Params,
    /// The pieces between `&` as sent, before entities are repaired.
    Pieces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Sorted,
    AsSent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// As the body has it, as far as it is one of the others.
    AsSent,
    Compact,
    AfterBoth,
    AfterComma,
    AfterColon,
    Lines(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    AsSent,
    /// As one encoder writes every text.
    By(Encoder),
}

/// What an encoder of JSON escapes beyond what all must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoder {
    pub(super) non_ascii: bool,
    pub(super) delete: bool,
    pub(super) slash: bool,
    /// `<`, `>` and `&`.
    pub(super) html: bool,
    /// Quotes and `+` too, as .NET does.
    pub(super) quotes: bool,
    pub(super) upper_hex: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    AsSent,
    /// `50.00` as `50`, `0.50` as `0.5`.
    Shortest,
    /// `50` as `50.0`.
    One,
    /// `50` as `50.00`.
    Two,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    AsSent,
    /// This field, or every one that could be a number, in quotes.
    Text(Option<&'static str>),
    /// The same without quotes.
    Number(Option<&'static str>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    AsSent,
    Decoded,
    DecodedTwice,
    Encoded(Percent),
}

/// How an encoder of URLs writes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Percent {
    pub(super) blank: &'static str,
    /// What it leaves as it is beside letters, digits, `-`, `.` and `_`.
    pub(super) plain: &'static str,
    pub(super) lower_hex: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    AsSent,
    /// `amp;currency` as `currency`.
    WithoutAmp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    AllButSign,
    /// `sign` among them, with this value.
    Sign(SignAs),
    /// All but the one at this place among those sent.
    Without(usize),
    WithoutEmpty,
    /// The partner's name with them.
    WithSource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignAs {
    Text(&'static str),
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    Ampersand,
    /// `name=value` with this between.
    By(&'static str),
    /// Values alone with this between.
    ValuesBy(&'static str),
    /// `name` and `value` with nothing between either.
    Bare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Envelope {
    None,
    Before(&'static str),
    After(&'static str),
    Trimmed,
    /// `/v1/event?` before it.
    Path,
    /// The scheme and host as well.
    Url(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    AsIs,
    Upper,
    Lower,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// `<time>.` before the text where the header is there.
    AsSent,
    None,
    Before(&'static str),
    After(&'static str),
    /// The header's milliseconds as seconds.
    Seconds,
    /// The field `timestamp` in the header's place.
    FromField,
}

impl Recipe {
    /// The form `json`.
    pub(super) const JSON: Self = Self {
        syntax: Syntax::Json,
        order: Order::Sorted,
        spacing: Spacing::Compact,
        escapes: Escapes::AsSent,
        digits: Digits::AsSent,
        quotes: Quotes::AsSent,
        values: Values::AsSent,
        names: Names::AsSent,
        fields: Fields::AllButSign,
        join: Join::Ampersand,
        envelope: Envelope::None,
        case: Case::AsIs,
        stamp: Stamp::AsSent,
    };
    /// The form `params`.
    pub(super) const PARAMS: Self = Self {
        syntax: Syntax::Params,
        ..Self::JSON
    };
    /// The form `raw`.
    pub(super) const RAW: Self = Self {
        syntax: Syntax::Raw,
        order: Order::AsSent,
        spacing: Spacing::AsSent,
        ..Self::JSON
    };

    /// The same with one choice made differently.
    pub(super) const fn with(self, setting: Setting) -> Self {
        match setting {
            Setting::Syntax(syntax) => Self { syntax, ..self },
            Setting::Order(order) => Self { order, ..self },
            Setting::Spacing(spacing) => Self { spacing, ..self },
            Setting::Escapes(escapes) => Self { escapes, ..self },
            Setting::Digits(digits) => Self { digits, ..self },
            Setting::Quotes(quotes) => Self { quotes, ..self },
            Setting::Values(values) => Self { values, ..self },
            Setting::Names(names) => Self { names, ..self },
            Setting::Fields(fields) => Self { fields, ..self },
            Setting::Join(join) => Self { join, ..self },
            Setting::Envelope(envelope) => Self { envelope, ..self },
            Setting::Case(case) => Self { case, ..self },
            Setting::Stamp(stamp) => Self { stamp, ..self },
        }
    }
}

/// A choice made differently, and what that is called.
#[derive(Debug, Clone)]
pub(super) struct Deviation {
    pub(super) setting: Setting,
    pub(super) cause: Cause,
}

impl Deviation {
    /// Whether both can be made at once.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        std::mem::discriminant(&self.setting) != std::mem::discriminant(&other.setting)
    }
}
