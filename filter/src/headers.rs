//! All request headers, read once, into the few the gate decides by. Values stay bytes: what a caller sends need not be
//! UTF-8, and nothing here may stop the VM for it.

use crate::header_map::HeaderMap;
use postern_protocol::proof::IDENTITY_HEADER_PREFIX;
use postern_protocol::request::{SIGN_HEADER, SOURCE_HEADER, TIME_HEADER};
use std::ops::Range;

/// A header that may be sent once. Which of several would count is not for us to guess.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Once {
    /// Not sent.
    #[default]
    Absent,
    /// Sent once; its value lies there.
    Sent(Range<usize>),
    /// Sent several times, even if with the same value.
    Repeated,
}

impl Once {
    fn take(&mut self, place: Range<usize>) {
        *self = match self {
            Once::Absent => Once::Sent(place),
            Once::Sent(_) | Once::Repeated => Once::Repeated,
        };
    }
}

/// What the gate needs of a request's headers. Values stay where they lie: a copy of each would be paid by every request.
#[derive(Debug, Default)]
pub struct Headers {
    all: HeaderMap,
    method: Range<usize>,
    path: Range<usize>,
    request_id: Range<usize>,
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
    /// Names of the identity headers somebody outside tried to set.
    pub forged: Vec<String>,
}

impl Headers {
    /// Reads all headers: names in lower case, as Envoy hands them over.
    #[must_use]
    pub fn read(all: HeaderMap) -> Headers {
        let mut headers = Headers::default();
        for (name, place) in all.iter() {
            headers.take(name, place, &all);
        }
        Headers { all, ..headers }
    }

    /// The value of one of these headers.
    ///
    /// # Errors
    /// `repeated`, when the header was sent several times.
    pub fn once<E>(&self, header: &Once, repeated: E) -> Result<Option<&[u8]>, E> {
        match header {
            Once::Absent => Ok(None),
            Once::Sent(place) => Ok(Some(self.all.text(place))),
            Once::Repeated => Err(repeated),
        }
    }

    /// `:method`
    #[must_use]
    pub fn method(&self) -> &[u8] {
        self.all.text(&self.method)
    }

    /// `x-request-id`, which Envoy sets; empty when it does not.
    #[must_use]
    pub fn request_id(&self) -> &[u8] {
        self.all.text(&self.request_id)
    }

    /// The first header of this name, one of those that decide nothing: it is looked for in all.
    #[must_use]
    pub fn first(&self, name: &[u8]) -> Option<&[u8]> {
        let (_, place) = self.all.iter().find(|(known, _)| *known == name)?;
        Some(self.all.text(&place))
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
        let path = self.all.text(&self.path);
        let mut parts = path.splitn(2, |byte| *byte == b'?');
        (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        )
    }

    fn take(&mut self, name: &[u8], place: Range<usize>, all: &HeaderMap) {
        match name {
            b":method" => self.method = place,
            b":path" => self.path = place,
            b"content-type" => self.content_type.take(place),
            b"content-encoding" => self.content_encoding.take(place),
            b"content-length" => self.content_length = number(all.text(&place)),
            b"x-request-id" => self.request_id = place,
            name if name == SOURCE_HEADER.as_bytes() => self.source.take(place),
            name if name == SIGN_HEADER.as_bytes() => self.sign.take(place),
            name if name == TIME_HEADER.as_bytes() => self.time.take(place),
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
