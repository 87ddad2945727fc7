//! `postern sign` and `postern send`.

use crate::desk::Desk;

/// The product page's own sample: secret `your_secret_key`.
const PAGE_SIGN: &str = "017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b";
const PAGE_BODY: &str = r#"{"amount":"50.00","clickid":"abc123def456","currency":"USD","event":"ftd","status":"approved","timestamp":1717000000}"#;
const PAGE_FIELDS: [&str; 6] = [
    "clickid=abc123def456",
    "event=ftd",
    "status=approved",
    "amount=50.00",
    "currency=USD",
    "timestamp:=1717000000",
];

fn sign(desk: &Desk, arguments: &[&str]) -> String {
    let secret = ["sign", "--secret", "your_secret_key"];
    desk.done(&[&secret[..], arguments].concat())
}

#[test]
fn the_page_sample_is_signed_as_on_the_page() {
    let desk = Desk::empty();
    assert_eq!(sign(&desk, &PAGE_FIELDS).trim(), PAGE_SIGN);
    for form in ["raw", "json", "json-ascii", "json-utf8", "json-slash"] {
        let said = sign(&desk, &["--form", form, "--body", PAGE_BODY]);
        assert_eq!(said.trim(), PAGE_SIGN, "{form}");
    }
}

#[test]
fn the_secret_comes_from_a_file_or_the_environment() {
    let desk = Desk::empty();
    desk.write("secret", "your_secret_key\n");
    let from_file = ["sign", "--secret-file", "secret", "--body", PAGE_BODY];
    assert_eq!(desk.done(&from_file).trim(), PAGE_SIGN);
    let mut command = desk.command(&["sign", "--secret-env", "KEY", "--body", PAGE_BODY]);
    let output = command
        .env("KEY", "your_secret_key")
        .output()
        .expect("postern runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), PAGE_SIGN);
    let unset = desk.run(&["sign", "--secret-env", "KEY_NOT_SET", "--body", PAGE_BODY]);
    assert_eq!(unset.code, Some(1));
    assert!(
        unset.err.contains("KEY_NOT_SET is not set"),
        "{}",
        unset.err
    );
}

#[test]
fn explain_shows_the_exact_text() {
    let said = sign(
        &Desk::empty(),
        &[
            "--query",
            "b=x%20y&a=1",
            "--time",
            "1717000000",
            "--explain",
        ],
    );
    assert!(said.contains("form    params\n"), "{said}");
    assert!(said.contains("signed  1717000000.a=1&b=x%20y\n"), "{said}");
}

#[test]
fn a_send_that_nobody_answers_fails_and_says_why() {
    let desk = Desk::empty();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!(
        "http://{}/v1/event",
        nobody.local_addr().expect("an address")
    );
    drop(nobody);
    let said = desk.run(&["send", &url, "--secret", "your_secret_key", "clickid=abc"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("no answer"), "{}", said.err);
}

#[test]
fn what_contradicts_itself_is_refused_before_anything_is_sent() {
    let desk = Desk::empty();
    let refused = |arguments: &[&str]| {
        let send = [
            "send",
            "http://127.0.0.1:9/v1/event",
            "--secret",
            "your_secret_key",
        ];
        let said = desk.run(&[&send[..], arguments].concat());
        assert_eq!(said.code, Some(1), "{arguments:?}");
        said.err
    };
    assert!(refused(&["--method", "post", "--query", "a=1"]).contains("--encoding"));
    assert!(refused(&["--method", "get", "--body", "{}"]).contains("--encoding query"));
    assert!(refused(&["--form", "raw", "--sign-in", "payload", "a=1"]).contains("header"));
    assert!(refused(&["--form", "params", "a=1"]).contains("json"));
    assert!(refused(&[]).contains("nothing to sign"));
}
