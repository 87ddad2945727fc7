//! A request as people paste it: a curl command, the raw text of an HTTP request, or a URL.
//!
//! Nothing is run and no file is opened that the pasted text names: it comes from strangers.

mod curl;
mod http;
mod beside;
pub(crate) mod words;

use postern_protocol::id::PartnerId;
use postern_protocol::request::{
    EVENT_PATH, Encoding, Method, Request, SIGN_HEADER, SOURCE_HEADER, SourceError, TIME_HEADER,
    UnsupportedMediaType, VERIFY_PATH, body_encoding, source_of,
};

/// A request that was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    method: String,
    /// Host and port, where the text has them.
    authority: Option<String>,
    path: String,
    query: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Why a text is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARequest {
    /// Nothing was pasted.
    #[error(
        "there is nothing to read; paste a curl command, the text of an HTTP request, or a URL"
    )]
    Empty,
    /// It begins like none of the three.
    #[error(
        "this begins like no curl command, no HTTP request and no URL; begin with `curl`, with `POST /v1/event HTTP/1.1`, or with `https://`"
    )]
    Unknown,
    /// A quote that does not end.
    #[error("a quote is opened and not closed; paste the whole command")]
    OpenQuote,
    /// A line of the head without a colon.
    #[error(
        "line {0} of the head is no header; write `Name: value`, and an empty line before the body"
    )]
    NoHeader(usize),
    /// An option whose meaning for the request is not known.
    #[error(
        "the curl option `{0}` is not known here; take it out if it does not change what is sent"
    )]
    UnknownOption(String),
    /// An option that ends the command.
    #[error("the curl option `{0}` is not followed by its value")]
    NoValue(String),
    /// A value that stands in a file.
    #[error("`{0}` names a file; paste the file's contents in its place")]
    File(String),
    /// No URL in a curl command.
    #[error("the curl command holds no URL")]
    NoUrl,
    /// Two URLs in a curl command.
    #[error("the curl command holds more than one URL; paste one request at a time")]
    TwoUrls,
    /// A URL that is none.
    #[error("`{0}` is no URL; write it as https://HOST/v1/event")]
    NoUrlThere(String),
    /// A body that is shorter than it says.
    #[error("the body has {got} bytes and Content-Length says {told}; paste the whole body")]
    BodyCut {
        /// What was pasted, in bytes.
        got: usize,
        /// What the header says.
        told: usize,
    },
    /// Another method than GET and POST.
    #[error("the method {0} is not taken; use POST or GET")]
    Method(String),
    /// A header there several times.
    #[error("the header {0} is there more than once; send it once")]
    Repeated(&'static str),
}

impl Pasted {
    /// Reads whichever of the three it is.
    ///
    /// # Errors
    /// What is missing or cannot be told, with what to do.
    pub fn read(text: &str) -> Result<Self, NotARequest> {
        let text = text.trim_start_matches(['\u{feff}', '\r', '\n', ' ', '\t']);
        let shell = text.trim_start_matches(['$', '#', ' ']);
        let first = text.lines().next().unwrap_or_default();
        let read = if text.is_empty() {
            return Err(NotARequest::Empty);
        } else if shell.split_whitespace().next() == Some("curl") {
            curl::read(shell)?
        } else if is_url(first) {
            Self::get(text.trim())?
        } else if first.contains(" /") || first.contains(" http") {
            http::read(text)?
        } else {
            return Err(NotARequest::Unknown);
        };
        match Method::parse(read.method.as_bytes()) {
            Some(_) => Ok(read),
            None => Err(NotARequest::Method(read.method)),
        }
    }

    fn get(url: &str) -> Result<Self, NotARequest> {
        let mut pasted = Self {
            method: "GET".to_owned(),
            authority: None,
            path: String::new(),
            query: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        pasted.aim_at(url)?;
        Ok(pasted)
    }

    /// Takes host, path and query from a URL, each exactly as written.
    fn aim_at(&mut self, url: &str) -> Result<(), NotARequest> {
        let no_url = || NotARequest::NoUrlThere(url.to_owned());
        let (_, rest) = url.split_once("://").ok_or_else(no_url)?;
        if rest.is_empty() || url.contains(char::is_whitespace) {
            return Err(no_url());
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let host_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, target) = rest.split_at(host_end);
        self.authority = Some(host.to_owned());
        self.take_target(target);
        Ok(())
    }

    fn take_target(&mut self, target: &str) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        self.path = path.to_owned();
        self.query = query.to_owned();
    }

    /// Host and port, where the text has them.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.header("host").or(self.authority.as_deref())
    }

    /// What the sender calls itself.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.header("user-agent")
    }

    /// The partner it names, if it names one.
    ///
    /// # Errors
    /// A name that is none, or two that differ.
    pub fn source(&self) -> Result<Option<PartnerId>, SourceError> {
        let header = self.header(SOURCE_HEADER).map(str::as_bytes);
        source_of(header, self.query.as_bytes())
    }

    /// Where it goes, when that is not where postbacks are taken.
    #[must_use]
    pub fn wrong_path(&self) -> Option<&str> {
        let known = [EVENT_PATH, VERIFY_PATH].contains(&self.path.as_str());
        (!known).then_some(self.path.as_str())
    }

    /// The request as the gate would read it, or why it does not take the body's type.
    ///
    /// # Errors
    /// A header that counts is there more than once.
    pub fn request(&self) -> Result<Result<Request<'_>, UnsupportedMediaType>, NotARequest> {
        let once = |name| self.once(name);
        let encoding = if self.method == "GET" {
            Ok(Encoding::Query)
        } else {
            body_encoding(once("content-type")?, once("content-encoding")?)
        };
        let (sign_header, time_header) = (once(SIGN_HEADER)?, once(TIME_HEADER)?);
        Ok(encoding.map(|encoding| Request {
            encoding,
            query: self.query.as_bytes(),
            body: &self.body,
            sign_header,
            time_header,
        }))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    fn once(&self, name: &'static str) -> Result<Option<&[u8]>, NotARequest> {
        let times = self
            .headers
            .iter()
            .filter(|(known, _)| known == name)
            .count();
        if times > 1 {
            return Err(NotARequest::Repeated(name));
        }
        Ok(self.header(name).map(str::as_bytes))
    }
}

fn is_url(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.starts_with("https://") || text.starts_with("http://")
}

#[cfg(test)]
mod tests;
