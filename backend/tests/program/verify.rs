//! `postern verify` and `postern snippet`.

use std::io::Write as _;
use std::process::Stdio;

use crate::desk::Desk;

const SECRET: &str = "your_secret_key_of_acme";
const PARTNERS: &str = r#"
[[partner]]
id = "acme"
brand = "Acme"
networks = ["127.0.0.1"]
rate_per_second = 100
burst = 200
amount_unit = "major"
secrets = [{ id = "k1", secret = "your_secret_key_of_acme" }]

[[partner]]
id = "pinned"
brand = "Pinned"
networks = ["127.0.0.1"]
rate_per_second = 100
burst = 200
amount_unit = "major"
forms = ["params"]
secrets = [{ id = "k1", secret = "another secret altogether" }]
"#;

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("partners.toml", PARTNERS);
    desk
}

/// What `postern sign` makes of a body.
fn sign(desk: &Desk, body: &str) -> String {
    let said = desk.done(&["sign", "--secret", SECRET, "--form", "raw", "--body", body]);
    said.trim().to_owned()
}

fn curl(body: &str, sign: &str) -> String {
    format!(
        "curl https://gate.example/v1/event -H 'Content-Type: application/json' \\\n \
         -H 'X-RS-Source: acme' -H 'X-RS-Sign: {sign}' --data-binary '{body}'\n"
    )
}

const BODY: &str = r#"{"event":"lead","clickid":"abc","status":"approved"}"#;

#[test]
fn a_right_signature_is_told_with_form_and_key() {
    let desk = desk();
    desk.write("request", curl(BODY, &sign(&desk, BODY)));
    let said = desk.done(&["verify", "request"]);
    assert!(
        said.contains("fits: partner acme, form raw, secret k1."),
        "{said}"
    );
}

#[test]
fn a_wrong_one_is_explained_and_fails() {
    let desk = desk();
    let signed = r#"{"event": "lead", "clickid": "abc", "status": "approved"}"#;
    desk.write("request", curl(BODY, &sign(&desk, signed)));
    let said = desk.run(&["verify", "request"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    for part in [
        "[blanks_signed]",
        signed,
        "Sign this (form raw):",
        BODY,
        "In curl",
    ] {
        assert!(said.out.contains(part), "{part} is not in {}", said.out);
    }
    assert!(!said.out.contains(SECRET), "{}", said.out);
}

#[test]
fn what_is_piped_in_is_answered_as_json() {
    let desk = desk();
    let mut command = desk.command(&[
        "verify",
        "--json",
        "--partner",
        "acme",
        "--at",
        "1717000000",
    ]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    stdin
        .write_all(b"https://gate.example/v1/events?clickid=a&event=lead&status=approved")
        .expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["causes"][0]["code"], "sign_missing");
    assert_eq!(
        told["sign_this"][0]["text"],
        "clickid=a&event=lead&status=approved"
    );
    let warnings = told["warnings"].to_string();
    assert!(
        warnings.contains("/v1/events") && warnings.contains("X-RS-Source"),
        "{warnings}"
    );
}

#[test]
fn what_cannot_be_told_says_what_to_do() {
    let desk = desk();
    for (request, words) in [
        (
            "https://x/v1/event?clickid=a",
            "say whose it is with --partner",
        ),
        (
            "https://x/v1/event?source=nobody",
            "there is no partner nobody",
        ),
        ("curl x -d @body.json", "paste the file's contents"),
        ("hello", "begin with `curl`"),
        ("", "there is nothing to read"),
    ] {
        desk.write("request", request);
        let said = desk.run(&["verify", "request"]);
        assert_eq!(said.code, Some(1), "{request}");
        assert!(said.err.contains(words), "{request}: {}", said.err);
    }
}

#[test]
fn a_snippet_is_the_partners_own_and_holds_no_secret() {
    let desk = desk();
    let url = ["--url", "https://gate.example/v1/event"];
    let said = desk.done(&[&["snippet", "python", "acme"][..], &url].concat());
    assert!(
        said.contains("https://gate.example/v1/event") && said.contains("acme"),
        "{said}"
    );
    assert!(!said.contains(SECRET), "{said}");
    let said = desk.done(&[&["snippet", "php", "pinned", "--get"][..], &url].concat());
    assert!(said.contains("http_build_query"), "{said}");
}

#[test]
fn a_snippet_that_would_not_work_is_refused() {
    let desk = desk();
    for (arguments, words) in [
        (
            &[
                "snippet",
                "php",
                "pinned",
                "--url",
                "https://gate.example/v1/event",
            ][..],
            "ask with --get",
        ),
        (
            &[
                "snippet",
                "php",
                "nobody",
                "--url",
                "https://gate.example/v1/event",
            ][..],
            "no partner nobody",
        ),
        (
            &[
                "snippet",
                "php",
                "acme",
                "--url",
                "https://gate.example/'.evil()",
            ][..],
            "scheme, host, port",
        ),
    ] {
        let said = desk.run(arguments);
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains(words), "{}", said.err);
    }
}
