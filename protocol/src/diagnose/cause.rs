//! Why a signature does not fit: a closed list of named causes.

use crate::request::{Unreadable, UnsupportedMediaType};
use crate::sign::Form;

/// One thing that is wrong with a signature, or with what it was made over.
///
/// Holds names and numbers of the caller's own request; never a secret, never a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "`Cause::problem` says each in a whole sentence"
)]
pub enum Cause {
    // The request as such
    MediaType(UnsupportedMediaType),
    Unreadable(Unreadable),
    SourceConflict,
    MangledEntity {
        field: String,
    },
    MacroLeftIn {
        field: String,
    },
    // The signature as it was written
    SignMissing,
    SignRepeated,
    SignNotHex,
    SignOtherLength {
        digits: usize,
    },
    SignBase64,
    SignPrefixed,
    SignInBlanks,
    // The secret
    NoLiveKey,
    KeyExpired {
        key: String,
    },
    KeyNotYet {
        key: String,
    },
    SecretPadded,
    SecretTrimmed,
    SecretQuoted,
    SecretCase,
    SecretDecoded,
    SecretEmpty,
    SecretSample,
    // The way of signing
    WithoutHmac,
    KeyAndTextSwapped,
    OtherDigest {
        digest: &'static str,
    },
    HashedFirst,
    // The text
    FormNotAllowed {
        form: Form,
    },
    DecodedAmbiguous,
    RawSignOutsideHeader,
    NewlineSigned,
    NewlineSent,
    PrettyPrinted,
    BlanksSigned,
    BlanksSent,
    Unsorted,
    SignInText,
    FieldNotSigned {
        field: String,
    },
    FieldNotSent {
        field: &'static str,
    },
    EmptyLeftOut,
    SlashesEscaped,
    UnicodeEscapes,
    HtmlEscapes,
    NumberReformatted,
    NumberOrText,
    PlusOrPercent20,
    EncodedDifferently,
    EncodedTwice,
    SignedAsParameters,
    SignedAsJson,
    JoinedDifferently,
    NamesLeftOut,
    UrlSigned,
    TextCase,
    // The signed time
    TimeRepeated,
    TimeMalformed,
    TimeInMilliseconds,
    TimeOutside {
        seconds_apart: u64,
    },
    TimeNotSigned,
    TimeJoinedDifferently,
    TimeNotSent,
    /// None of the others.
    NoneFound,
}

impl Cause {
    /// A stable name, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MediaType(_) => "media_type",
            Self::Unreadable(_) => "unreadable",
            Self::SourceConflict => "source_conflict",
            Self::MangledEntity { .. } => "mangled_entity",
            Self::MacroLeftIn { .. } => "macro_left_in",
            Self::SignMissing
            | Self::SignRepeated
            | Self::SignNotHex
            | Self::SignOtherLength { .. }
            | Self::SignBase64
            | Self::SignPrefixed
            | Self::SignInBlanks => self.code_of_sign(),
            Self::NoLiveKey
            | Self::KeyExpired { .. }
            | Self::KeyNotYet { .. }
            | Self::SecretPadded
            | Self::SecretTrimmed
            | Self::SecretQuoted
            | Self::SecretCase
            | Self::SecretDecoded
            | Self::SecretEmpty
            | Self::SecretSample => self.code_of_secret(),
            Self::WithoutHmac => "without_hmac",
            Self::KeyAndTextSwapped => "key_and_text_swapped",
            Self::OtherDigest { .. } => "other_digest",
            Self::HashedFirst => "hashed_first",
            Self::TimeRepeated
            | Self::TimeMalformed
            | Self::TimeInMilliseconds
            | Self::TimeOutside { .. }
            | Self::TimeNotSigned
            | Self::TimeJoinedDifferently
            | Self::TimeNotSent => self.code_of_time(),
            Self::NoneFound => "none_found",
            _ => self.code_of_text(),
        }
    }

    const fn code_of_sign(&self) -> &'static str {
        match self {
            Self::SignMissing => "sign_missing",
            Self::SignRepeated => "sign_repeated",
            Self::SignOtherLength { .. } => "sign_other_length",
            Self::SignBase64 => "sign_base64",
            Self::SignPrefixed => "sign_prefixed",
            Self::SignInBlanks => "sign_in_blanks",
            _ => "sign_not_hex",
        }
    }

    const fn code_of_secret(&self) -> &'static str {
        match self {
            Self::KeyExpired { .. } => "key_expired",
            Self::KeyNotYet { .. } => "key_not_yet",
            Self::SecretPadded => "secret_padded",
            Self::SecretTrimmed => "secret_trimmed",
            Self::SecretQuoted => "secret_quoted",
            Self::SecretCase => "secret_case",
            Self::SecretDecoded => "secret_decoded",
            Self::SecretEmpty => "secret_empty",
            Self::SecretSample => "secret_sample",
            _ => "no_live_key",
        }
    }

    const fn code_of_time(&self) -> &'static str {
        match self {
            Self::TimeRepeated => "time_repeated",
            Self::TimeInMilliseconds => "time_in_milliseconds",
            Self::TimeOutside { .. } => "time_outside",
            Self::TimeNotSigned => "time_not_signed",
            Self::TimeJoinedDifferently => "time_joined_differently",
            Self::TimeNotSent => "time_not_sent",
            _ => "time_malformed",
        }
    }

    const fn code_of_text(&self) -> &'static str {
        match self {
            Self::FormNotAllowed { .. } => "form_not_allowed",
            Self::DecodedAmbiguous => "decoded_ambiguous",
            Self::RawSignOutsideHeader => "raw_sign_outside_header",
            Self::NewlineSigned => "newline_signed",
            Self::NewlineSent => "newline_sent",
            Self::PrettyPrinted => "pretty_printed",
            Self::BlanksSigned => "blanks_signed",
            Self::BlanksSent => "blanks_sent",
            Self::Unsorted => "unsorted",
            Self::SignInText => "sign_in_text",
            Self::FieldNotSigned { .. } => "field_not_signed",
            Self::FieldNotSent { .. } => "field_not_sent",
            Self::EmptyLeftOut => "empty_left_out",
            Self::SlashesEscaped => "slashes_escaped",
            Self::UnicodeEscapes => "unicode_escapes",
            Self::HtmlEscapes => "html_escapes",
            Self::NumberReformatted => "number_reformatted",
            Self::NumberOrText => "number_or_text",
            Self::PlusOrPercent20 => "plus_or_percent20",
            Self::EncodedDifferently => "encoded_differently",
            Self::EncodedTwice => "encoded_twice",
            Self::SignedAsParameters => "signed_as_parameters",
            Self::SignedAsJson => "signed_as_json",
            Self::JoinedDifferently => "joined_differently",
            Self::NamesLeftOut => "names_left_out",
            Self::UrlSigned => "url_signed",
            _ => "text_case",
        }
    }
}
