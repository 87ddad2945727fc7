//! The cookies we read and set.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The session's cookie. Under TLS its name says that only this very host may have set it.
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

/// What the session's cookie is called.
pub(in crate::console) const fn name(is_tls: bool) -> &'static str {
    if is_tls { NAME_UNDER_TLS } else { NAME }
}

/// A cookie that opens a session. It ends with the browser; the session itself may end before.
pub(in crate::console) fn set(value: &str, is_tls: bool) -> String {
    let secure = if is_tls { "; Secure" } else { "" };
    let name = name(is_tls);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

/// A cookie that ends it.
pub(in crate::console) fn clear(is_tls: bool) -> String {
    format!("{}; Max-Age=0", set("", is_tls))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn each_value_of_a_name_is_found() {
        let mut headers = HeaderMap::new();
        for line in [
            "a=1; postern_session=x;b",
            "postern_session=y; xpostern_session=z",
        ] {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        let found: Vec<&str> = values(&headers, NAME).collect();
        assert_eq!(found, ["x", "y"]);
    }

    #[test]
    fn under_tls_it_is_this_hosts_alone() {
        assert_eq!(
            set("x", true),
            "__Host-postern_session=x; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            clear(false),
            "postern_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
        );
    }
}
