//! How a body is written: from `Content-Type` and `Content-Encoding`, never guessed from bytes.

/// How the fields of a postback are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// One flat JSON object in the body.
    Json,
    /// `application/x-www-form-urlencoded` in the body.
    Form,
    /// Parameters in the query, no body.
    Query,
}

impl Encoding {
    /// `json`, `form` or `query`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
            Self::Query => "query",
        }
    }
}

/// Why a body's media type is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsupportedMediaType {
    /// No `Content-Type`.
    #[error(
        "the request has no Content-Type; send `application/json` or `application/x-www-form-urlencoded`"
    )]
    Missing,
    /// Another type.
    #[error(
        "this Content-Type is not taken; send `application/json` or `application/x-www-form-urlencoded`"
    )]
    Type,
    /// A charset other than UTF-8.
    #[error("this charset is not taken; send UTF-8")]
    Charset,
    /// A compressed body.
    #[error("compressed bodies are not taken; send it without Content-Encoding")]
    Compressed,
}

/// How a body is written, from its headers as sent.
///
/// # Errors
/// Anything but JSON or a form, in UTF-8, without compression.
pub fn body_encoding(
    content_type: Option<&[u8]>,
    content_encoding: Option<&[u8]>,
) -> Result<Encoding, UnsupportedMediaType> {
    let plain = |coding: &[u8]| {
        let coding = coding.trim_ascii();
        coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
    };
    if !content_encoding.is_none_or(plain) {
        return Err(UnsupportedMediaType::Compressed);
    }
    let content_type = content_type.ok_or(UnsupportedMediaType::Missing)?;
    let mut parts = content_type.split(|&b| b == b';').map(<[u8]>::trim_ascii);
    let encoding = match parts.next().unwrap_or_default() {
        t if t.eq_ignore_ascii_case(b"application/json") => Encoding::Json,
        t if t.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") => Encoding::Form,
        b"" => return Err(UnsupportedMediaType::Missing),
        _ => return Err(UnsupportedMediaType::Type),
    };
    if parts.all(is_utf8_or_no_charset) {
        Ok(encoding)
    } else {
        Err(UnsupportedMediaType::Charset)
    }
}

/// Parameters other than `charset` say nothing about how these two types are read.
fn is_utf8_or_no_charset(parameter: &[u8]) -> bool {
    let mut halves = parameter.splitn(2, |&b| b == b'=');
    let name = halves.next().unwrap_or_default().trim_ascii();
    if !name.eq_ignore_ascii_case(b"charset") {
        return true;
    }
    let value = halves.next().unwrap_or_default().trim_ascii();
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    let value = value.strip_suffix(b"\"").unwrap_or(value);
    value.eq_ignore_ascii_case(b"utf-8") || value.eq_ignore_ascii_case(b"utf8")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn body(content_type: &str) -> Result<Encoding, UnsupportedMediaType> {
        body_encoding(Some(content_type.as_bytes()), None)
    }

    #[test]
    fn json_and_forms_in_utf8_are_taken() {
        for json in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
            " application/json ; version=1",
        ] {
            assert_eq!(body(json), Ok(Encoding::Json), "{json}");
        }
        let form = "application/x-www-form-urlencoded; charset=utf8";
        assert_eq!(body(form), Ok(Encoding::Form));
    }

    #[test]
    fn other_types_and_charsets_are_refused() {
        use UnsupportedMediaType::{Charset, Missing, Type};
        assert_eq!(body_encoding(None, None), Err(Missing));
        assert_eq!(body(""), Err(Missing));
        for other in [
            "text/plain",
            "text/json",
            "multipart/form-data; boundary=x",
            "application/jsonp",
        ] {
            assert_eq!(body(other), Err(Type), "{other}");
        }
        assert_eq!(body("application/json; charset=latin1"), Err(Charset));
        assert_eq!(
            body("application/json; charset=utf-8; charset=utf-16"),
            Err(Charset)
        );
        assert_eq!(
            body_encoding(Some(b"application/json\xff"), None),
            Err(Type)
        );
    }

    #[test]
    fn compressed_bodies_are_refused_and_identity_is_not_compressed() {
        let json = Some(b"application/json".as_slice());
        for coding in ["gzip", "br", "deflate", "identity, gzip"] {
            let refused = body_encoding(json, Some(coding.as_bytes()));
            assert_eq!(refused, Err(UnsupportedMediaType::Compressed), "{coding}");
        }
        assert_eq!(body_encoding(json, Some(b"Identity")), Ok(Encoding::Json));
    }
}
