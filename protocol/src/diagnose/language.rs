//! The language a sender's program is likely written in.

use crate::snippet::Language;

/// What libraries call themselves, in lower case, the longer names before those they contain.
const AGENTS: [(&str, Language); 26] = [
    ("guzzle", Language::Php),
    ("symfony", Language::Php),
    ("php", Language::Php),
    ("python", Language::Python),
    ("aiohttp", Language::Python),
    ("httpx", Language::Python),
    ("go-http-client", Language::Go),
    ("go-resty", Language::Go),
    ("axios", Language::Node),
    ("node", Language::Node),
    ("undici", Language::Node),
    ("got (", Language::Node),
    ("ruby", Language::Ruby),
    ("faraday", Language::Ruby),
    ("rest-client", Language::Ruby),
    ("okhttp", Language::Java),
    ("apache-httpclient", Language::Java),
    ("java", Language::Java),
    ("spring", Language::Java),
    ("restsharp", Language::CSharp),
    (".net", Language::CSharp),
    ("libwww-perl", Language::Perl),
    ("http-tiny", Language::Perl),
    ("mojolicious", Language::Perl),
    ("perl", Language::Perl),
    ("curl", Language::Curl),
];

/// By what the program calls itself, else by how its encoder writes JSON; `None` where neither
/// tells.
pub(super) fn guess(user_agent: Option<&[u8]>, body: &[u8]) -> Option<Language> {
    let agent = user_agent.map(|agent| String::from_utf8_lossy(agent).to_ascii_lowercase());
    let named = agent.and_then(|agent| {
        let known = AGENTS.iter().find(|(name, _)| agent.contains(name));
        known.map(|(_, language)| *language)
    });
    named.or_else(|| by_encoder(body))
}

fn by_encoder(body: &[u8]) -> Option<Language> {
    let holds = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    if holds(b"\\/") {
        return Some(Language::Php);
    }
    if holds(b"\\u003c") || holds(b"\\u003e") || holds(b"\\u0026") {
        return Some(Language::Go);
    }
    if holds(b"\\u0022") || holds(b"\\u002B") {
        return Some(Language::CSharp);
    }
    (body.starts_with(b"{\"") && holds(b"\", \"") && holds(b"\": \"")).then_some(Language::Python)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_program_that_names_itself_is_believed() {
        let named = |agent: &str| guess(Some(agent.as_bytes()), b"");
        assert_eq!(named("python-requests/2.31.0"), Some(Language::Python));
        assert_eq!(named("GuzzleHttp/7 curl/8.1 PHP/8.2"), Some(Language::Php));
        assert_eq!(named("curl/7.88.1"), Some(Language::Curl));
        assert_eq!(named("Go-http-client/2.0"), Some(Language::Go));
        assert_eq!(named("Java-http-client/17.0.15"), Some(Language::Java));
        assert_eq!(named("Mozilla/5.0"), None);
    }

    #[test]
    fn else_its_escapes_tell() {
        assert_eq!(guess(None, br#"{"a":"x\/y"}"#), Some(Language::Php));
        assert_eq!(guess(None, br#"{"a":"\u003cb"}"#), Some(Language::Go));
        let spaced = br#"{"a": "1", "b": "2"}"#;
        assert_eq!(guess(Some(b"x/1"), spaced), Some(Language::Python));
        assert_eq!(guess(None, br#"{"a":"1"}"#), None);
    }
}
