use super::{NotARequest, Pasted};
use postern_protocol::request::{Encoding, Request};

fn read(text: &str) -> Pasted {
    Pasted::read(text).expect("a request")
}

fn request(pasted: &Pasted) -> Request<'_> {
    pasted
        .request()
        .expect("headers once")
        .expect("a type we take")
}

fn body(pasted: &Pasted) -> &str {
    std::str::from_utf8(&pasted.body).expect("text")
}

#[test]
fn a_curl_command_is_read_as_curl_sends_it() {
    let pasted = read(
        "$ curl -sS -k https://gate.example:8443/v1/event \\\n  -H 'Content-Type: application/json' \\\n  \
         -H \"X-RS-Source: acme\" -HX-RS-Sign:ab --max-time 5 -d '{\"reason\":\"it'\\''s\"}'",
    );
    assert_eq!(body(&pasted), r#"{"reason":"it's"}"#);
    let request = request(&pasted);
    assert_eq!(request.encoding, Encoding::Json);
    assert_eq!(request.sign_header, Some(&b"ab"[..]));
    assert_eq!(
        pasted.source().expect("readable").expect("named").as_str(),
        "acme"
    );
    assert_eq!(pasted.authority(), Some("gate.example:8443"));
    assert_eq!(
        (pasted.user_agent(), pasted.wrong_path()),
        (Some("curl"), None)
    );
}

#[test]
fn what_a_browser_copies_is_read() {
    let pasted =
        read("curl 'https://x/v1/event' --data-raw $'{\"a\":\"\\u00e9\\n\\'\"}' --compressed");
    assert_eq!(body(&pasted), "{\"a\":\"é\n'\"}");
    assert_eq!(
        pasted.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
}

#[test]
fn data_is_joined_as_curl_joins_it() {
    let pasted = read("curl -G x/v1/event?a=1 -d b=2 --data-urlencode 'c=d e&f'");
    assert_eq!(
        (pasted.method.as_str(), pasted.query.as_str()),
        ("GET", "a=1&b=2&c=d%20e%26f")
    );
    let pasted = read("curl x/v1/event -d b=2 --data c=3");
    assert_eq!((pasted.method.as_str(), body(&pasted)), ("POST", "b=2&c=3"));
    let pasted = read("curl x/v1/event --json '{\"a\":' --json '1}'");
    assert_eq!(body(&pasted), "{\"a\":1}");
    assert_eq!(pasted.header("content-type"), Some("application/json"));
    assert_eq!(
        Pasted::read("curl x/v1/event --json '{}' -X PUT"),
        Err(NotARequest::Method("PUT".to_owned()))
    );
}

#[test]
fn what_a_command_leaves_open_is_told() {
    let refused = |text: &str| Pasted::read(text).expect_err("no request");
    assert_eq!(
        refused("curl x -d @/etc/passwd"),
        NotARequest::File("@/etc/passwd".to_owned())
    );
    assert_eq!(
        refused("curl x --data-urlencode a@/etc/passwd"),
        NotARequest::File("a@/etc/passwd".to_owned())
    );
    assert_eq!(
        refused("curl x --json @b"),
        NotARequest::File("@b".to_owned())
    );
    assert_eq!(refused("curl -s"), NotARequest::NoUrl);
    assert_eq!(refused("curl a b"), NotARequest::TwoUrls);
    assert_eq!(refused("curl x -H"), NotARequest::NoValue("-H".to_owned()));
    assert_eq!(
        refused("curl x --frob"),
        NotARequest::UnknownOption("--frob".to_owned())
    );
    for quote in ["curl 'x", "curl \"x", "curl $'x", "curl \"x\\"] {
        assert_eq!(refused(quote), NotARequest::OpenQuote, "{quote}");
    }
    assert_eq!(refused(" \n"), NotARequest::Empty);
    assert_eq!(refused("hello"), NotARequest::Unknown);
    assert_eq!(
        refused("https://a b"),
        NotARequest::NoUrlThere("https://a b".to_owned())
    );
}

#[test]
fn the_text_of_a_request_is_read_with_either_line_end() {
    for end in ["\n", "\r\n"] {
        let text = [
            "POST /v1/event?source=acme HTTP/1.1",
            "Host: gate.example",
            "Content-Type: application/json",
            "",
            "{\"a\":1}",
            "",
        ]
        .join(end);
        let pasted = read(&text);
        assert_eq!(body(&pasted), "{\"a\":1}", "{end:?}");
        assert_eq!(pasted.authority(), Some("gate.example"));
        assert_eq!(request(&pasted).query, b"source=acme");
    }
}

#[test]
fn content_length_says_what_belongs_to_the_body() {
    let with =
        |length: usize| format!("POST /v1/event HTTP/1.1\nContent-Length: {length}\n\nabc\n\n");
    assert_eq!(body(&read(&with(3))), "abc");
    assert_eq!(body(&read(&with(4))), "abc\n");
    assert_eq!(
        Pasted::read(&with(9)),
        Err(NotARequest::BodyCut { got: 5, told: 9 })
    );
    assert_eq!(
        Pasted::read("POST /v1/event HTTP/1.1\nhello\n\n"),
        Err(NotARequest::NoHeader(2))
    );
}

#[test]
fn a_url_is_kept_to_the_letter() {
    let pasted = read("https://gate.example/v1/event?clickid=a%2fb&amount=5\u{a4}cy=USD#x\n");
    assert_eq!(pasted.query, "clickid=a%2fb&amount=5\u{a4}cy=USD");
    assert_eq!(request(&pasted).encoding, Encoding::Query);
    assert_eq!(read("http://gate.example").wrong_path(), Some(""));
}

#[test]
fn a_header_that_counts_may_be_there_once() {
    let pasted = read("curl x/v1/event -H 'X-RS-Sign: a' -H 'x-rs-sign: a'");
    assert_eq!(
        pasted.request().err(),
        Some(NotARequest::Repeated("x-rs-sign"))
    );
}
