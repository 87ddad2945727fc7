//! The words of causes that name nothing of the request, problem and change: how it was signed. What was
//! signed stands in `words_on_text`.

use super::Cause;

impl Cause {
    pub(super) const fn fixed_words(&self) -> (&'static str, &'static str) {
        match self {
            Self::SignMissing
            | Self::SignRepeated
            | Self::SignNotHex
            | Self::SignBase64
            | Self::SignPrefixed
            | Self::SignInBlanks
            | Self::SourceConflict => self.words_on_sign(),
            Self::NoLiveKey
            | Self::SecretPadded
            | Self::SecretTrimmed
            | Self::SecretQuoted
            | Self::SecretCase
            | Self::SecretDecoded
            | Self::SecretEmpty
            | Self::SecretSample => self.words_on_secret(),
            Self::WithoutHmac | Self::KeyAndTextSwapped | Self::HashedFirst => self.words_on_mac(),
            Self::TimeRepeated
            | Self::TimeMalformed
            | Self::TimeInMilliseconds
            | Self::TimeNotSigned
            | Self::TimeJoinedDifferently
            | Self::TimeNotSent => self.words_on_time(),
            _ => self.words_on_text(),
        }
    }

    const fn words_on_sign(&self) -> (&'static str, &'static str) {
        match self {
            Self::SourceConflict => (
                "The field `source` names another partner than the request does.",
                "Name one partner: in X-RS-Source, in `source`, or the same one in both.",
            ),
            Self::SignMissing => (
                "There is no signature.",
                "Send it as the field `sign` or in the X-RS-Sign header; the header's name has no other spelling.",
            ),
            Self::SignRepeated => (
                "The X-RS-Sign header is there more than once.",
                "Send it once.",
            ),
            Self::SignBase64 => (
                "The signature is in Base64.",
                "Write the digest as 64 hex digits: use your language's hex digest, without Base64 around it.",
            ),
            Self::SignPrefixed => (
                "Something stands before the signature, such as `sha256=` or `0x`.",
                "Send the 64 hex digits alone.",
            ),
            Self::SignInBlanks => (
                "Blanks, a line end or quotes stand around the signature.",
                "Send the 64 hex digits alone; trim what a command line program prints.",
            ),
            _ => (
                "The signature is not 64 hex digits.",
                "Send the HMAC-SHA256 as 64 hex digits.",
            ),
        }
    }

    const fn words_on_secret(&self) -> (&'static str, &'static str) {
        match self {
            Self::SecretPadded => (
                "The secret was used with a blank or a line end around it.",
                "Trim the secret where you read it from a file or a variable.",
            ),
            Self::SecretTrimmed => (
                "The secret was trimmed, but a blank belongs to it.",
                "Use the secret exactly as issued, or ask for one without blanks.",
            ),
            Self::SecretQuoted => (
                "The secret was used with quotes around it.",
                "Take the quotes off: they are often left by an .env file.",
            ),
            Self::SecretCase => (
                "The secret was used in another case.",
                "Use it exactly as issued; do not turn it to upper or lower case.",
            ),
            Self::SecretDecoded => (
                "The secret was decoded from hex or Base64 before it was used.",
                "Use the secret's text itself, as UTF-8 bytes; do not decode it.",
            ),
            Self::SecretEmpty => (
                "The secret was empty.",
                "The variable or file it is read from is not set where this program runs; set it there.",
            ),
            Self::SecretSample => (
                "A sample's secret was used, not yours.",
                "Put the secret you were issued in place of the sample's.",
            ),
            _ => (
                "None of the partner's secrets counts now.",
                "Ask for a secret that counts today.",
            ),
        }
    }

    const fn words_on_mac(&self) -> (&'static str, &'static str) {
        match self {
            Self::WithoutHmac => (
                "The signature is a plain hash, not an HMAC.",
                "Use your language's HMAC function with SHA-256, with the secret as its key.",
            ),
            Self::KeyAndTextSwapped => (
                "Key and text are swapped: the text was used as the key.",
                "Swap the two arguments: the secret is the key, the text is the message.",
            ),
            _ => (
                "The text was hashed before it was signed.",
                "Give the text itself to the HMAC function; it hashes by itself.",
            ),
        }
    }

    const fn words_on_time(&self) -> (&'static str, &'static str) {
        match self {
            Self::TimeRepeated => (
                "The X-RS-Timestamp header is there more than once.",
                "Send it once.",
            ),
            Self::TimeInMilliseconds => (
                "X-RS-Timestamp is in milliseconds.",
                "Send whole seconds: divide by 1000, without a fraction, and sign that number.",
            ),
            Self::TimeNotSigned => (
                "X-RS-Timestamp was sent but not signed.",
                "Sign `<X-RS-Timestamp>.<text>`, or leave the header out.",
            ),
            Self::TimeJoinedDifferently => (
                "The signed time and the text were joined in another way.",
                "Sign `<X-RS-Timestamp>.<text>`: the time, one dot, the text.",
            ),
            Self::TimeNotSent => (
                "A time was signed before the text, but there is no X-RS-Timestamp header.",
                "Send that time in X-RS-Timestamp, or sign the text alone.",
            ),
            _ => (
                "X-RS-Timestamp is not a unix time in seconds.",
                "Send plain digits, such as 1717000000.",
            ),
        }
    }
}
