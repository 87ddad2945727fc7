//! All request headers, read once, into the few the gate decides by. Values stay bytes: what a caller sends need not be
//! UTF-8, and nothing here may stop the VM for it.

use crate::header_map::HeaderMap;
use postern_protocol::proof::IDENTITY_HEADER_PREFIX;
use postern_protocol::request::{SIGN_HEADER, SOURCE_HEADER, TIME_HEADER};

/// A header that may be sent once. Which of several would count is not for us to guess.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Once {
    /// Not sent.
    #[default]
    Absent,
    /// Sent once, with this value.
    Sent(Vec<u8>),
    /// Sent several times, even if with the same value.
    Repeated,
}

impl Once {
    /// The value; `Err` when it was sent several times.
    ///
    /// # Errors
    /// `repeated`, when the header was sent several times.
    pub fn or<E>(&self, repeated: E) -> Result<Option<&[u8]>, E> {
        match self {
            Once::Absent => Ok(None),
            Once::Sent(value) => Ok(Some(value)),
            Once::Repeated => Err(repeated),
        }
    }

    fn take(&mut self, value: &[u8]) {
        *self = match self {
            Once::Absent => Once::Sent(value.to_vec()),
            Once::Sent(_) | Once::Repeated => Once::Repeated,
        };
    }
}

/// What the gate needs of a request's headers.
#[derive(Debug, Default)]
pub struct Headers {
    /// `:method`
    pub method: Vec<u8>,
    /// `:path`, with the query
    pub path: Vec<u8>,
    /// `content-type`
    pub content_type: Once,
    /// `content-encoding`
    pub content_encoding: Once,
    /// `content-length`; Envoy's codecs refuse one that is no number
    pub content_length: Option<u64>,
    /// `x-rs-source`
    pub source: Once,
    /// `x-rs-sign`
    pub sign: Once,
    /// `x-rs-timestamp`
    pub time: Once,
    /// `x-request-id`, which Envoy sets; empty when it does not
    pub request_id: Vec<u8>,
    /// Names of the identity headers somebody outside tried to set.
    pub forged: Vec<String>,
}

impl Headers {
    /// Reads all headers: names in lower case, as Envoy hands them over.
    #[must_use]
    pub fn read(all: &HeaderMap) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in all.iter() {
            headers.take(name, value);
        }
        headers
    }

    /// The path without its query.
    #[must_use]
    pub fn route(&self) -> &[u8] {
        self.split_path().0
    }

    /// The query without its `?`; empty when there is none.
    #[must_use]
    pub fn query(&self) -> &[u8] {
        self.split_path().1
    }

    fn split_path(&self) -> (&[u8], &[u8]) {
        let mut parts = self.path.splitn(2, |byte| *byte == b'?');
        (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        )
    }

    fn take(&mut self, name: &[u8], value: &[u8]) {
        match name {
            b":method" => self.method = value.to_vec(),
            b":path" => self.path = value.to_vec(),
            b"content-type" => self.content_type.take(value),
            b"content-encoding" => self.content_encoding.take(value),
            b"content-length" => self.content_length = number(value),
            b"x-request-id" => self.request_id = value.to_vec(),
            name if name == SOURCE_HEADER.as_bytes() => self.source.take(value),
            name if name == SIGN_HEADER.as_bytes() => self.sign.take(value),
            name if name == TIME_HEADER.as_bytes() => self.time.take(value),
            name if name.starts_with(IDENTITY_HEADER_PREFIX.as_bytes()) => {
                self.forged.push(String::from_utf8_lossy(name).into_owned());
            }
            _ => {}
        }
    }
}

fn number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}
