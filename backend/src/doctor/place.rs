//! Where a part is reached.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use reqwest::Url;

/// A host, by its name or address, and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl From<SocketAddr> for Place {
    fn from(address: SocketAddr) -> Self {
        Self(address.to_string())
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_place = |url: &Url| {
            let has_port = text
                .rsplit_once(':')
                .is_some_and(|(_, it)| it.parse() == Ok(url.port().unwrap_or(80)));
            has_port && url.path() == "/" && url.query().is_none() && url.username().is_empty()
        };
        let url = Url::parse(&format!("http://{text}")).ok().filter(is_place);
        url.map(|_| Self(text.to_owned()))
            .ok_or("a host and a port, as 127.0.0.1:9901 or envoy:9902")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_host_and_a_port() {
        for right in ["127.0.0.1:9901", "[::1]:8090", "envoy:9902", "backend-1:80"] {
            let place: Place = right.parse().expect(right);
            assert_eq!(place.to_string(), right);
        }
        for wrong in [
            "",
            "envoy",
            ":9901",
            "envoy:",
            "envoy:0x1",
            "envoy:99999",
            "a@b:80",
            "envoy:80/x",
            "envoy:80?x",
            "http://envoy:80",
        ] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
