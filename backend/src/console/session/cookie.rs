//! The cookies we read and set.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::http::uri::Authority;

/// What the session's cookie is called. Under TLS the name says that only this very host may have set
/// it.
const NAME: &str = "postern_session";
const NAME_UNDER_TLS: &str = "__Host-postern_session";

/// The values of a cookie. A page of another port or path may have set one more under the same name.
pub(in crate::console) fn values<'h>(
    headers: &'h HeaderMap,
    name: &'h str,
) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.filter_map(move |(given, value)| (given == name).then_some(value))
}

/// The session's cookie, as the browser that asks has it.
///
/// Browsers keep cookies by host and not by port. Its name holds the port they call us by, so of two
/// consoles on one host neither overwrites the other's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::console) struct SessionCookie {
    name: String,
    is_tls: bool,
}

impl SessionCookie {
    /// Of who calls us by this host and port; no browser names the port that its scheme has anyway.
    pub(in crate::console) fn of(host: Option<&Authority>, is_tls: bool) -> Self {
        let name = if is_tls { NAME_UNDER_TLS } else { NAME };
        let port = host.and_then(Authority::port_u16);
        Self {
            name: port.map_or_else(|| name.to_owned(), |port| format!("{name}_{port}")),
            is_tls,
        }
    }

    /// Its values.
    pub(in crate::console) fn values<'h>(
        &'h self,
        headers: &'h HeaderMap,
    ) -> impl Iterator<Item = &'h str> {
        values(headers, &self.name)
    }

    /// One that opens a session. It ends with the browser; the session itself may end before.
    pub(in crate::console) fn set(&self, value: &str) -> String {
        let secure = if self.is_tls { "; Secure" } else { "" };
        let name = &self.name;
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
    }

    /// One that ends it.
    pub(in crate::console) fn clear(&self) -> String {
        format!("{}; Max-Age=0", self.set(""))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(host: &'static str, is_tls: bool) -> SessionCookie {
        SessionCookie::of(Some(&Authority::from_static(host)), is_tls)
    }

    #[test]
    fn each_value_of_a_name_is_found() {
        let mut headers = HeaderMap::new();
        for line in [
            "a=1; postern_session_8091=x;b; postern_session=other",
            "postern_session_8091=y; postern_session_80=z",
        ] {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        let ours = of("localhost:8091", false);
        let found: Vec<&str> = ours.values(&headers).collect();
        assert_eq!(found, ["x", "y"]);
    }

    #[test]
    fn under_tls_it_is_this_hosts_alone() {
        assert_eq!(
            of("postern.example.com", true).set("x"),
            "__Host-postern_session=x; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            of("127.0.0.1", false).clear(),
            "postern_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
        );
    }

    #[test]
    fn it_is_named_by_the_port_it_is_called_by() {
        let name = |host, is_tls| of(host, is_tls).name;
        assert_eq!(name("[::1]:8092", false), "postern_session_8092");
        assert_eq!(name("console:8443", true), "__Host-postern_session_8443");
        assert_eq!(name("console:", true), "__Host-postern_session");
        assert_eq!(SessionCookie::of(None, false).name, "postern_session");
    }
}
