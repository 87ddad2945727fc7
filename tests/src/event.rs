//! Postbacks to send: ordered members with their values, written as JSON, a form or a query.
//!
//! Values are kept as JSON tokens, so a story decides each byte that goes out.

use serde_json::Value;

/// An event's members in the order they are sent.
#[derive(Clone)]
pub struct Event {
    members: Vec<(String, String)>,
}

impl Event {
    /// The page's own example, with a click of the story's choice.
    #[must_use]
    pub fn ftd(clickid: &str) -> Event {
        Event::empty()
            .text("clickid", clickid)
            .text("event", "ftd")
            .text("status", "approved")
            .text("amount", "50.00")
            .text("currency", "USD")
    }

    /// A registration: the smallest event there is.
    #[must_use]
    pub fn registration(clickid: &str) -> Event {
        Event::empty()
            .text("clickid", clickid)
            .text("event", "registration")
            .text("status", "approved")
    }

    /// No members yet.
    #[must_use]
    pub fn empty() -> Event {
        Event {
            members: Vec::new(),
        }
    }

    /// Sets a member to a string.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Event {
        self.token(name, &Value::from(value).to_string())
    }

    /// Sets a member to a JSON token, written as given.
    #[must_use]
    pub fn token(mut self, name: &str, token: &str) -> Event {
        match self.members.iter_mut().find(|(known, _)| known == name) {
            Some((_, value)) => token.clone_into(value),
            None => self.members.push((name.to_owned(), token.to_owned())),
        }
        self
    }

    /// Takes a member off.
    #[must_use]
    pub fn without(mut self, name: &str) -> Event {
        self.members.retain(|(known, _)| known != name);
        self
    }

    /// The members, sorted by name: what the page's recipe signs.
    #[must_use]
    pub fn sorted(&self) -> Event {
        let mut members = self.members.clone();
        members.sort();
        Event { members }
    }

    /// One JSON object, `separator` after each colon and comma (`""` or `" "`).
    #[must_use]
    pub fn json_spaced(&self, separator: &str) -> String {
        let members = self
            .members
            .iter()
            .map(|(name, token)| format!("{}:{separator}{token}", Value::from(&**name)));
        format!(
            "{{{}}}",
            members.collect::<Vec<_>>().join(&format!(",{separator}"))
        )
    }

    /// One compact JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        self.json_spaced("")
    }

    /// `name=value` pairs, percent-encoded.
    #[must_use]
    pub fn parameters(&self) -> String {
        let pairs = self
            .values()
            .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(&value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// `name=value` pairs with the values as they are: what many partners' scripts sign.
    #[must_use]
    pub fn parameters_decoded(&self) -> String {
        let pairs = self.values().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Names and plain values.
    fn values(&self) -> impl Iterator<Item = (&str, String)> {
        self.members
            .iter()
            .map(|(name, token)| match serde_json::from_str(token) {
                Ok(Value::String(text)) => (name.as_str(), text),
                _ => (name.as_str(), token.clone()),
            })
    }
}

/// Everything but letters, digits and `-_.~` as `%XX`; a blank as `%20`.
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(byte as char)
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
