//! `docs/partners-guide.md`: a real gate takes each of its examples as it stands there, over HTTPS, in the
//! form it is about.

use std::process::Command;

use postern_tests::gate::Gate;
use serde_json::Value;
use tokio::task::block_in_place;

const GUIDE: &str = include_str!("../../../docs/partners-guide.md");

/// Each shell example under the heading it stands below.
fn examples() -> Vec<(&'static str, &'static str)> {
    let mut heading = "";
    let mut examples = Vec::new();
    let mut rest = GUIDE;
    while let Some((before, after)) = rest.split_once("```sh\n") {
        let mut headings = before.lines().filter(|line| line.starts_with('#'));
        heading = headings.next_back().unwrap_or(heading);
        let (example, behind) = after.split_once("```").expect("a block ends");
        examples.push((heading.trim_start_matches('#').trim(), example));
        rest = behind;
    }
    examples
}

/// What the example's curl is answered.
fn answered(gate: &Gate, example: &str) -> Value {
    let ran = Command::new("bash")
        .args(["-euo", "pipefail", "-c", example])
        .env("GATE", format!("https://{}", gate.https_addr()))
        .env("CURL_CA_BUNDLE", gate.folder().join("tls/server.crt"))
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{example}\n{said}");
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{example}\n{error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_takes_every_example_of_the_guide_in_its_form() {
    let gate = Gate::open().await;
    let ledger = gate.ledger().await;
    let mut forms = Vec::new();
    for (heading, example) in examples() {
        let answer = block_in_place(|| answered(&gate, example));
        if heading == "The signature doctor" {
            assert_eq!(answer["causes"][0]["code"], "newline_signed", "{answer}");
            continue;
        }
        assert_eq!(answer["result"], "accepted", "{heading}: {answer}");
        assert_eq!(answer["warnings"], serde_json::json!([]), "{heading}");
        let id = answer["id"].as_str().expect("an id");
        let form = ledger.delivery(id).await.form;
        if let Some(named) = heading.strip_prefix('`') {
            assert_eq!(form, named.trim_end_matches('`'), "{example}");
            forms.push(form);
        }
    }
    assert_eq!(forms.len(), 7, "an example for each form: {forms:?}");
}
