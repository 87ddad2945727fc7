//! Whole programs that make and send a signed postback, one for each language partners use.
//!
//! Each uses its language's own library alone (Perl's needs IO::Socket::SSL for https) and reads the
//! secret from the environment variable `POSTERN_SECRET`; no secret is ever written into one.
//! [`tracker`] has URLs for trackers, which cannot sign, and a program that signs for them.

pub mod tracker;

use crate::id::PartnerId;
use crate::request::{EVENT_PATH, Encoding};
use crate::sign::{Form, FormSet};

/// A language, or the pair of command line tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    Python,
    Php,
    Node,
    Go,
    Ruby,
    Java,
    CSharp,
    Perl,
    Curl,
}

impl Language {
    /// Every one of them.
    pub const ALL: [Self; 9] = [
        Self::Python,
        Self::Php,
        Self::Node,
        Self::Go,
        Self::Ruby,
        Self::Java,
        Self::CSharp,
        Self::Perl,
        Self::Curl,
    ];

    /// The name on the command line and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Php => "php",
            Self::Node => "node",
            Self::Go => "go",
            Self::Ruby => "ruby",
            Self::Java => "java",
            Self::CSharp => "csharp",
            Self::Perl => "perl",
            Self::Curl => "curl",
        }
    }

    const fn template(self, style: Style) -> &'static str {
        match (self, style) {
            (Self::Python, Style::Body) => include_str!("body/python.py"),
            (Self::Python, Style::Query) => include_str!("query/python.py"),
            (Self::Php, Style::Body) => include_str!("body/php.php"),
            (Self::Php, Style::Query) => include_str!("query/php.php"),
            (Self::Node, Style::Body) => include_str!("body/node.mjs"),
            (Self::Node, Style::Query) => include_str!("query/node.mjs"),
            (Self::Go, Style::Body) => include_str!("body/go.go"),
            (Self::Go, Style::Query) => include_str!("query/go.go"),
            (Self::Ruby, Style::Body) => include_str!("body/ruby.rb"),
            (Self::Ruby, Style::Query) => include_str!("query/ruby.rb"),
            (Self::Java, Style::Body) => include_str!("body/Postback.java"),
            (Self::Java, Style::Query) => include_str!("query/Postback.java"),
            (Self::CSharp, Style::Body) => include_str!("body/Postback.cs"),
            (Self::CSharp, Style::Query) => include_str!("query/Postback.cs"),
            (Self::Perl, Style::Body) => include_str!("body/perl.pl"),
            (Self::Perl, Style::Query) => include_str!("query/perl.pl"),
            (Self::Curl, Style::Body) => include_str!("body/curl.sh"),
            (Self::Curl, Style::Query) => include_str!("query/curl.sh"),
        }
    }
}

/// How the postback is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// POST of sorted, compact JSON with the signature in the header: right in the form `raw` and,
    /// since it is sorted and compact, in the form `json` too.
    Body,
    /// GET with sorted parameters, signed as sent: the form `params`.
    Query,
}

impl Style {
    /// The style that fits a request of this encoding and the partner's forms.
    #[must_use]
    pub fn fitting(encoding: Encoding, forms: FormSet) -> Self {
        let json = [Form::Json, Form::JsonAscii, Form::JsonUtf8, Form::JsonSlash];
        let takes_body = forms.contains(Form::Raw) || json.iter().any(|form| forms.contains(*form));
        let takes_query = forms.contains(Form::Params) || forms.contains(Form::ParamsDecoded);
        let wants_query = encoding == Encoding::Query;
        if takes_query && (wants_query || !takes_body) {
            Self::Query
        } else {
            Self::Body
        }
    }
}

/// Where a snippet posts to, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    url: String,
    partner: String,
}

/// Stands where the gate's own host is not known.
const EXAMPLE_HOST: &str = "postbacks.example.com";

/// Why a URL is not written into a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the gate's URL as https://HOST/v1/event: scheme, host, port and a plain path, nothing else"
)]
pub struct UnfitUrl;

impl Place {
    /// Over https at this host and port. A host that is none is replaced by an example.
    #[must_use]
    pub fn at(authority: Option<&str>, partner: &PartnerId) -> Self {
        let host = authority.filter(|host| !host.is_empty() && host.bytes().all(is_of_a_host));
        Self {
            url: format!("https://{}{EVENT_PATH}", host.unwrap_or(EXAMPLE_HOST)),
            partner: partner.as_str().to_owned(),
        }
    }

    /// At this URL. Only letters that mean nothing in any of the languages are let into a program.
    ///
    /// # Errors
    /// A URL with a query, a user or any other character.
    pub fn of_url(url: &str, partner: &PartnerId) -> Result<Self, UnfitUrl> {
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        let rest = rest.ok_or(UnfitUrl)?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |b: u8| is_of_a_host(b) || matches!(b, b'/' | b'_' | b'~');
        if host.is_empty() || !host.bytes().all(is_of_a_host) || !path.bytes().all(plain) {
            return Err(UnfitUrl);
        }
        Ok(Self {
            url: url.to_owned(),
            partner: partner.as_str().to_owned(),
        })
    }

    /// The gate's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The partner's id.
    #[must_use]
    pub fn partner(&self) -> &str {
        &self.partner
    }
}

const fn is_of_a_host(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']')
}

/// The program.
#[must_use]
pub fn snippet(language: Language, style: Style, place: &Place) -> String {
    let template = language.template(style);
    template
        .replace("@URL@", &place.url)
        .replace("@PARTNER@", &place.partner)
}

#[cfg(test)]
mod tests;
