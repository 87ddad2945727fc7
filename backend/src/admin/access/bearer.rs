//! The token in `Authorization`.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// Exactly one header, of the scheme `Bearer` in any case.
pub(super) fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else {
        return None;
    };
    let (scheme, token) = value.as_bytes().split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn one_bearer_token_is_read() {
        assert_eq!(token(&headers(&["Bearer abc"])), Some(&b"abc"[..]));
        assert_eq!(token(&headers(&["bearer abc"])), Some(&b"abc"[..]));
    }

    #[test]
    fn anything_else_is_none() {
        let wrong: [&[&'static str]; 6] = [
            &[],
            &["abc"],
            &["Basic abc"],
            &["Bearer"],
            &["Bearer abc", "Bearer abc"],
            &["Bearer_abc"],
        ];
        for values in wrong {
            assert_eq!(token(&headers(values)), None, "{values:?}");
        }
    }
}
