//! Whether a request was meant for us.
//!
//! A listener on loopback is reached by every page a browser on this machine shows. A page whose
//! name was made to point here (DNS rebinding) is told by the name it calls us by; any other page
//! by its origin. There is no CORS: no page of another site has anything to ask here.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName};

use crate::admin::problem::{Kind, Problem};

/// Why a request was not meant for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It calls us by a name that is not ours.
    Misdirected,
    /// A page of another site asks.
    ForeignOrigin,
}

impl Stranger {
    /// What to do.
    pub(crate) const fn detail(self) -> &'static str {
        match self {
            Self::Misdirected => {
                "call it by its address or by localhost, or name the host in `hosts` under [admin] of postern.toml"
            }
            Self::ForeignOrigin => "ask from a program, not from a page of another site",
        }
    }
}

impl From<Stranger> for Problem {
    fn from(stranger: Stranger) -> Self {
        let kind = match stranger {
            Stranger::Misdirected => Kind::Misdirected,
            Stranger::ForeignOrigin => Kind::ForeignOrigin,
        };
        Self::new(kind, stranger.detail())
    }
}

/// Whether a request calls us by one of our names, and comes from no page of another site.
pub(crate) fn check(request: &Request, names: &[String]) -> Result<(), Stranger> {
    let called = called(request).filter(|it| is_ours(it, names));
    let authority = called.ok_or(Stranger::Misdirected)?;
    if request.headers().contains_key(ORIGIN) && !is_same_site(request.headers(), &authority) {
        return Err(Stranger::ForeignOrigin);
    }
    Ok(())
}

/// The host and port a request calls us by.
pub(crate) fn called(request: &Request) -> Option<Authority> {
    match request.uri().authority() {
        Some(authority) => Some(authority.clone()),
        None => only(request.headers(), &HOST).and_then(|text| text.parse().ok()),
    }
}

fn is_ours(authority: &Authority, names: &[String]) -> bool {
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok()
        || host.eq_ignore_ascii_case("localhost")
        || names.iter().any(|name| name.eq_ignore_ascii_case(host))
}

fn is_same_site(headers: &HeaderMap, ours: &Authority) -> bool {
    let origin = only(headers, &ORIGIN).and_then(|text| text.split_once("://"));
    origin.is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(ours.as_str()))
}

/// A header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut given = headers.get_all(name).iter();
    match (given.next(), given.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn allowed(headers: &[(&'static str, &str)]) -> bool {
        let mut request = Request::builder().uri("/admin/partners");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        check(&request, &["admin.example.com".to_owned()]).is_ok()
    }

    #[test]
    fn addresses_localhost_and_configured_names_are_ours() {
        for host in [
            "127.0.0.1:8091",
            "[::1]:8091",
            "LOCALHOST:8091",
            "localhost",
            "Admin.example.com",
            "10.0.0.7",
        ] {
            assert!(allowed(&[("host", host)]), "{host}");
        }
    }

    #[test]
    fn other_names_none_and_several_are_not() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "",
            "a b",
        ] {
            assert!(!allowed(&[("host", host)]), "{host}");
        }
        assert!(!allowed(&[]));
        assert!(!allowed(&[("host", "localhost"), ("host", "localhost")]));
    }

    #[test]
    fn a_page_may_only_ask_its_own_host() {
        let host = ("host", "localhost:8091");
        assert!(allowed(&[host, ("origin", "http://localhost:8091")]));
        for origin in [
            "http://localhost:3000",
            "https://evil.example",
            "null",
            "",
            "localhost:8091",
        ] {
            assert!(!allowed(&[host, ("origin", origin)]), "{origin}");
        }
    }
}
