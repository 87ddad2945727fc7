//! The text of a postback, signed.

use std::fmt::Write as _;

use postern_protocol::request::{Encoding, Request, Unreadable};
use postern_protocol::sign::{self, Form, Secret};
use serde_json::Value;

use super::pair::Pair;

/// A postback's fields as text: a body of JSON or of parameters, or a query string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    encoding: Encoding,
    text: String,
}

/// A signature and what it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// 64 hex digits.
    pub sign: String,
    /// The bytes that were signed.
    pub text: Vec<u8>,
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum CannotSign {
    /// The gate could not read it either.
    #[error("the payload cannot be read: {0}")]
    Unreadable(#[from] Unreadable),
    /// It would be signed twice.
    #[error("the payload holds a sign already; leave it out")]
    SignedAlready,
    /// A form of another encoding.
    #[error("the form {form} does not apply to this {encoding} payload; {} would", .fitting.join(", "))]
    FormDoesNotApply {
        /// What was asked for.
        form: Form,
        /// What the payload is.
        encoding: &'static str,
        /// What does apply.
        fitting: Vec<&'static str>,
    },
}

impl Payload {
    /// A text as it is.
    #[must_use]
    pub fn given(encoding: Encoding, text: String) -> Self {
        Self { encoding, text }
    }

    /// The text of `pairs`, in their order.
    #[must_use]
    pub fn of(encoding: Encoding, pairs: &[Pair]) -> Self {
        let text = match encoding {
            Encoding::Json => {
                let members: Vec<String> = pairs.iter().map(member).collect();
                format!("{{{}}}", members.join(","))
            }
            Encoding::Form | Encoding::Query => {
                let parameters: Vec<String> = pairs.iter().map(parameter).collect();
                parameters.join("&")
            }
        };
        Self { encoding, text }
    }

    /// The text as it will travel.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it is written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Signs it in `form`, together with `time`, the value of `X-RS-Timestamp`, when given.
    ///
    /// # Errors
    /// When the gate could not read it, or the form does not apply.
    pub fn sign(
        &self,
        secret: &Secret,
        form: Form,
        time: Option<&str>,
    ) -> Result<Signed, CannotSign> {
        let request = self.request(time);
        let postback = request.read()?;
        if postback.sign().is_some() {
            return Err(CannotSign::SignedAlready);
        }
        let text = |form| sign::text(form, &postback, request.body);
        let signature = sign::sign(secret, form, &request, &postback);
        let (Some(signature), Some(signed)) = (signature, text(form)) else {
            let fitting = Form::ALL.into_iter().filter(|form| text(*form).is_some());
            return Err(CannotSign::FormDoesNotApply {
                form,
                encoding: self.encoding.name(),
                fitting: fitting.map(Form::name).collect(),
            });
        };
        let time = time.map(|time| format!("{time}.")).unwrap_or_default();
        Ok(Signed {
            sign: signature,
            text: [time.as_bytes(), &signed].concat(),
        })
    }

    fn request<'a>(&'a self, time: Option<&'a str>) -> Request<'a> {
        let text = self.text.as_bytes();
        let (query, body): (&[u8], &[u8]) = if self.encoding == Encoding::Query {
            (text, b"")
        } else {
            (b"", text)
        };
        let time_header = time.map(str::as_bytes);
        Request {
            encoding: self.encoding,
            query,
            body,
            sign_header: None,
            time_header,
        }
    }

    /// The payload with the signature as its last field.
    #[must_use]
    pub fn with_sign(&self, sign: &str) -> Self {
        let text = self.text.trim_end();
        let text = match (self.encoding, text.strip_suffix('}')) {
            (Encoding::Json, Some(members)) => {
                let between = if members.trim_end().ends_with('{') {
                    ""
                } else {
                    ","
                };
                format!("{members}{between}\"sign\":\"{sign}\"}}")
            }
            _ if text.is_empty() => format!("sign={sign}"),
            _ => format!("{text}&sign={sign}"),
        };
        Self {
            encoding: self.encoding,
            text,
        }
    }
}

fn member(pair: &Pair) -> String {
    format!(
        "{}:{}",
        Value::from(pair.name.as_str()),
        pair.value.to_json()
    )
}

fn parameter(pair: &Pair) -> String {
    format!("{}={}", escape(&pair.name), escape(pair.value.as_text()))
}

/// Everything but the unreserved characters of RFC 3986 is escaped, a blank as `%20`.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => {
                // Writing into a String cannot fail.
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use postern_protocol::request::Encoding;
    use postern_protocol::sign::{Form, Secret};

    use super::{CannotSign, Payload};
    use crate::sending::Pair;

    /// The product page's own sample.
    const PAGE_SIGN: &str = "017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b";

    fn pairs(texts: &[&str]) -> Vec<Pair> {
        texts
            .iter()
            .map(|text| text.parse().expect("a field"))
            .collect()
    }

    fn page_fields() -> Vec<Pair> {
        pairs(&[
            "event=ftd",
            "clickid=abc123def456",
            "status=approved",
            "amount=50.00",
            "currency=USD",
            "timestamp:=1717000000",
        ])
    }

    fn secret() -> Secret {
        Secret::parse("your_secret_key").expect("a secret")
    }

    #[test]
    fn the_page_sample_gets_the_page_sign_in_any_order() {
        let payload = Payload::of(Encoding::Json, &page_fields());
        let signed = payload
            .sign(&secret(), Form::Json, None)
            .expect("it applies");
        assert_eq!(signed.sign, PAGE_SIGN);
        assert!(
            signed
                .text
                .starts_with(b"{\"amount\":\"50.00\",\"clickid\"")
        );
    }

    #[test]
    fn the_sign_is_the_last_field_of_each_encoding() {
        let with_sign = |encoding, fields: &[&str]| {
            Payload::of(encoding, &pairs(fields))
                .with_sign("ab")
                .text()
                .to_owned()
        };
        assert_eq!(
            with_sign(Encoding::Json, &["a=b"]),
            r#"{"a":"b","sign":"ab"}"#
        );
        assert_eq!(with_sign(Encoding::Json, &[]), r#"{"sign":"ab"}"#);
        assert_eq!(
            with_sign(Encoding::Form, &["a=b c", "é=&"]),
            "a=b%20c&%C3%A9=%26&sign=ab"
        );
        assert_eq!(with_sign(Encoding::Query, &[]), "sign=ab");
    }

    #[test]
    fn a_signed_time_stands_before_the_text() {
        let payload = Payload::of(Encoding::Query, &pairs(&["b=2", "a=1"]));
        let time = Some("1717000000");
        let signed = payload
            .sign(&secret(), Form::Params, time)
            .expect("it applies");
        assert_eq!(signed.text, b"1717000000.a=1&b=2");
        let plain = payload
            .sign(&secret(), Form::Params, None)
            .expect("it applies");
        assert_ne!(signed.sign, plain.sign);
    }

    #[test]
    fn a_form_of_another_encoding_names_those_that_fit() {
        let payload = Payload::of(Encoding::Query, &page_fields());
        let refused = payload
            .sign(&secret(), Form::Json, None)
            .expect_err("no JSON here");
        assert_eq!(
            refused.to_string(),
            "the form json does not apply to this query payload; params, params-decoded would"
        );
    }

    #[test]
    fn what_the_gate_would_not_read_is_not_signed() {
        let doubled = Payload::given(Encoding::Json, r#"{"a":"1","a":"2"}"#.to_owned());
        let refused = doubled.sign(&secret(), Form::Json, None);
        assert!(matches!(refused, Err(CannotSign::Unreadable(_))));
        let signed = Payload::given(Encoding::Query, format!("a=1&sign={PAGE_SIGN}"));
        let refused = signed.sign(&secret(), Form::Params, None);
        assert!(matches!(refused, Err(CannotSign::SignedAlready)));
    }
}
