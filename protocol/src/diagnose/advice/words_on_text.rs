//! The words of causes that name nothing of the request, problem and change: what was signed.

use super::Cause;

impl Cause {
    pub(super) const fn words_on_text(&self) -> (&'static str, &'static str) {
        match self {
            Self::DecodedAmbiguous
            | Self::RawSignOutsideHeader
            | Self::SignInText
            | Self::EmptyLeftOut
            | Self::SignedAsParameters
            | Self::SignedAsJson
            | Self::TextCase
            | Self::Unsorted => self.words_on_shape(),
            Self::JoinedDifferently | Self::NamesLeftOut | Self::UrlSigned => {
                self.words_on_joining()
            }
            Self::SlashesEscaped | Self::UnicodeEscapes | Self::HtmlEscapes => {
                self.words_on_escapes()
            }
            Self::PlusOrPercent20 | Self::EncodedDifferently | Self::EncodedTwice => {
                self.words_on_percent()
            }
            _ => self.words_on_json(),
        }
    }

    const fn words_on_shape(&self) -> (&'static str, &'static str) {
        match self {
            Self::DecodedAmbiguous => (
                "Decoded values were signed that could be read in two ways: they hold `&`, `=`, `%` or `+`.",
                "Sign the parameters exactly as they are sent, percent-encoded.",
            ),
            Self::RawSignOutsideHeader => (
                "The body was signed as sent, but the signature is not in the header.",
                "Send it in the X-RS-Sign header.",
            ),
            Self::SignInText => (
                "`sign` was left inside the signed text.",
                "Take `sign` out before you sign, and add it afterwards.",
            ),
            Self::EmptyLeftOut => (
                "Empty fields were sent but not signed.",
                "Sign them as sent (`amount=`), or do not send them.",
            ),
            Self::SignedAsParameters => (
                "The signed text is a parameter string, but JSON was sent.",
                "Sign the JSON body exactly as sent, with the signature in X-RS-Sign.",
            ),
            Self::SignedAsJson => (
                "The signed text is JSON, but parameters were sent.",
                "Sign the sorted parameters `name=value&…` exactly as they are sent.",
            ),
            Self::TextCase => (
                "The text was turned to upper or lower case before it was signed.",
                "Sign the text exactly as it is.",
            ),
            _ => (
                "The signed text is not sorted by name.",
                "Sort the fields by name before you sign; or sign the body exactly as sent, with the signature in X-RS-Sign.",
            ),
        }
    }

    const fn words_on_joining(&self) -> (&'static str, &'static str) {
        match self {
            Self::JoinedDifferently => (
                "The parameters were joined by something other than `&`.",
                "Join them as `name=value&name=value`, sorted by name.",
            ),
            Self::NamesLeftOut => (
                "Only the values were signed.",
                "Sign names and values: `name=value&name=value`, sorted by name.",
            ),
            _ => (
                "The path or the whole URL was signed.",
                "Sign the sorted parameters alone, without path and `?`.",
            ),
        }
    }

    const fn words_on_percent(&self) -> (&'static str, &'static str) {
        match self {
            Self::PlusOrPercent20 => (
                "A blank was signed as `+` and sent as `%20`, or the other way round.",
                "Encode once, sign that text, and send the very same text.",
            ),
            Self::EncodedTwice => (
                "The values were sent percent-encoded twice.",
                "Encode each value once; a library that takes parameters encodes them itself.",
            ),
            _ => (
                "The values were percent-encoded differently in the signed text and in what was sent.",
                "Encode once, sign that text, and send the very same text.",
            ),
        }
    }

    const fn words_on_escapes(&self) -> (&'static str, &'static str) {
        match self {
            Self::SlashesEscaped => (
                "Slashes were escaped as `\\/` in the signed text alone, or sent so and signed plain.",
                "Serialise once and send that text; in PHP use one set of json_encode flags, JSON_UNESCAPED_SLASHES in both or in neither.",
            ),
            Self::UnicodeEscapes => (
                "Letters beyond ASCII are escaped differently in the signed text and in what was sent.",
                "Serialise once, sign that text, and send the very same text.",
            ),
            _ => (
                "`<`, `>`, `&` or quotes are escaped as `\\u…` in the signed text and not in what was sent.",
                "Serialise once, sign that text, and send the very same text; in Go use an Encoder with SetEscapeHTML(false) for both.",
            ),
        }
    }

    const fn words_on_json(&self) -> (&'static str, &'static str) {
        match self {
            Self::NewlineSigned => (
                "A line end was signed after the text.",
                "Cut it off before you sign; `echo` adds one, `printf %s` does not.",
            ),
            Self::NewlineSent => (
                "A line end was sent after the body but not signed.",
                "Send exactly the bytes you sign; `curl --data-binary` keeps them.",
            ),
            Self::PrettyPrinted => (
                "The signed text is pretty-printed.",
                "Sign compact JSON: no blanks, no line ends; or sign exactly the bytes you send.",
            ),
            Self::BlanksSigned => (
                "The signed text has blanks after `,` or `:`.",
                "Sign compact JSON; in Python `json.dumps(payload, sort_keys=True, separators=(',', ':'))`.",
            ),
            Self::BlanksSent => (
                "Compact JSON was signed, but the body was sent with blanks or line ends in it.",
                "Send exactly the bytes you sign: serialise once and reuse that text.",
            ),
            Self::NumberReformatted => (
                "A number is written differently in the signed text, such as 50.0 for 50.00.",
                "Send amounts as text (\"50.00\"), and serialise once.",
            ),
            Self::NumberOrText => (
                "A value is a number in the signed text and a text in what was sent, or the other way round.",
                "Serialise once, sign that text, and send the very same text.",
            ),
            _ => (
                "The signature fits no text we know under any of this partner's secrets.",
                "Compare the text below with what you sign, byte by byte; if they are the same, the secret differs: check that it is the one issued for this partner.",
            ),
        }
    }
}
