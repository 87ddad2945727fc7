//! What came back: an answer as it stood on the wire, and the claims stories make about it.
//!
//! Both protocols end here, so a story does not care over which one it spoke. Every claim prints
//! the whole answer when it does not hold.

use serde_json::Value;
use std::fmt;

/// One answer, with its headers in the order received and names in lower case.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, values as sent.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, with any transfer coding taken off.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of that name, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        std::str::from_utf8(value).ok()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the answer is not JSON ({error}): {self:?}"),
        }
    }

    /// The member `name` of the JSON body as text.
    ///
    /// # Panics
    /// When the body has no such text.
    #[must_use]
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        match self.json().get(name).and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => panic!("the answer has no text `{name}`: {self:?}"),
        }
    }

    /// Claims a refusal of the agreed shape: status, stable code, a message, a request id.
    ///
    /// # Panics
    /// When the answer is anything else.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> &Self {
        self.refused_without_id(status, code);
        assert!(!self.text("request_id").is_empty(), "no id: {self:?}");
        self
    }

    /// Claims a refusal by Envoy before it had read the headers: the same shape, no id yet.
    ///
    /// # Panics
    /// When the answer is anything else.
    #[track_caller]
    pub fn refused_unread(&self, status: u16, code: &str) -> &Self {
        self.refused_without_id(status, code);
        assert_eq!(self.json()["request_id"], Value::Null, "{self:?}");
        self
    }

    #[track_caller]
    fn refused_without_id(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "wrong status, wanted {code}: {self:?}");
        let body = self.json();
        assert_eq!(body["ok"], Value::Bool(false), "{self:?}");
        assert_eq!(body["error"], code, "wrong code: {self:?}");
        assert!(!self.text("message").is_empty(), "no message: {self:?}");
        let media_type = self.header("content-type").unwrap_or_default();
        assert!(media_type.starts_with("application/json"), "{self:?}");
    }

    /// Claims that the delivery was recorded with this result.
    ///
    /// # Panics
    /// When the answer is anything else.
    #[track_caller]
    pub fn recorded(&self, result: &str) -> &Self {
        assert_eq!(self.status, 200, "not recorded as {result}: {self:?}");
        let body = self.json();
        assert_eq!(body["ok"], Value::Bool(true), "{self:?}");
        assert_eq!(body["result"], result, "wrong result: {self:?}");
        assert!(!self.text("id").is_empty(), "no id: {self:?}");
        self
    }

    /// Claims the headers that stand on every answer of the gate, whichever part of it gives it: TLS is all there is,
    /// and this is nothing but JSON. And that it leads nowhere else.
    ///
    /// # Panics
    /// When one is missing, or says something else.
    #[track_caller]
    pub fn hardened(&self) -> &Self {
        for (name, value) in [
            ("strict-transport-security", Some("max-age=31536000")),
            ("x-content-type-options", Some("nosniff")),
            ("location", None),
        ] {
            assert_eq!(self.header(name), value, "{name}: {self:?}");
        }
        self
    }

    /// Claims that one of the answer's warnings holds this text.
    ///
    /// # Panics
    /// When none does.
    #[track_caller]
    pub fn warns_of(&self, text: &str) -> &Self {
        let body = self.json();
        let warnings = body["warnings"].as_array().cloned().unwrap_or_default();
        let told = warnings.iter().filter_map(Value::as_str);
        assert!(
            told.into_iter().any(|warning| warning.contains(text)),
            "no warning says `{text}`: {self:?}"
        );
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "HTTP {}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(out, "{name}: {}", String::from_utf8_lossy(value))?;
        }
        write!(out, "\n{}", String::from_utf8_lossy(&self.body))
    }
}
