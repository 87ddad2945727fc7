//! `postern send --suite` against the real gate: green where all is well, and elsewhere it says which
//! step fails, why, and what to do.

use std::fs;

use postern_tests::MANY_FAILURES;
use postern_tests::gate::Gate;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use serde_json::Value;

const TEST_SECRET: &str = "a-secret-for-tests-alone";

/// Each form with an encoding it applies to.
const FORMS: [(&str, &str); 6] = [
    ("raw", "json"),
    ("json", "json"),
    ("json-slash", "json"),
    ("params", "form"),
    ("params", "query"),
    ("params-decoded", "query"),
];

/// The gate's certificate, in its folder.
const TRUSTED: &str = "tls/server.crt";

struct Run {
    code: Option<i32>,
    said: String,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.said).unwrap_or_else(|error| panic!("{error}: {}", self.said))
    }
}

fn url(gate: &Gate) -> String {
    format!("https://{}/v1/event", gate.https_addr())
}

fn suite(gate: &Gate, secret: &str, more: &[&str]) -> Run {
    let url = url(gate);
    let send = [
        "send", &url, "--suite", "--source", PARTNER, "--secret", secret, "--cacert", TRUSTED,
    ];
    let (code, said) = gate.tries(&[&send[..], more].concat());
    Run { code, said }
}

/// The steps that were not as expected.
fn failed(told: &Value) -> Vec<&str> {
    let steps = told["steps"].as_array().expect("steps");
    let failed = steps.iter().filter(|step| step["ok"] == false);
    failed.filter_map(|step| step["name"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_is_green_in_each_form_and_books_nothing() {
    let gate = Gate::open().await;
    for (form, encoding) in FORMS {
        let run = suite(
            &gate,
            SECRET,
            &["--json", "--form", form, "--encoding", encoding],
        );
        let told = run.json();
        assert_eq!(failed(&told), [""; 0], "{form} as {encoding}: {told:#}");
        assert_eq!(
            (run.code, &told["ok"]),
            (Some(0), &Value::Bool(true)),
            "{told:#}"
        );
        assert_eq!(told["key"], "k1");
        assert_eq!(told["pin"], format!("forms = [\"{form}\"]"));
        let steps = told["steps"].as_array().expect("steps");
        let has_id = |step: &&Value| step["request_id"].as_str().is_some_and(|id| id.len() > 30);
        assert!(steps.iter().all(|step| has_id(&step)), "{told:#}");
    }
    let ledger = gate.ledger().await;
    assert_eq!(ledger.conversions().await, 0);
    assert!(ledger.deliveries().await > 100, "each kept one has its row");
    assert_eq!(
        gate.runs(&["review", "list"]).trim(),
        "no flag waits for a decision"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_said_as_it_runs() {
    let gate = Gate::open().await;
    let run = suite(&gate, SECRET, &[]);
    assert_eq!(run.code, Some(0), "{}", run.said);
    for said in [
        "✓ signature",
        "✓ ftd",
        "200 accepted, read as 50.00 USD",
        "✓ forged",
        "401 unauthorized",
        "✓ double_ftd",
        "200 flagged: double_ftd",
        "✓ late",
        "200 flagged: expired_click",
        "200 updated, from pending to approved",
        "✓ macro",
        "forms = [\"json\"]",
    ] {
        assert!(run.said.contains(said), "{said} is not in\n{}", run.said);
    }
    assert!(!run.said.contains('✗'), "{}", run.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_fails_at_once_with_its_cause_and_nothing_else_is_sent() {
    let gate = Gate::open().await;
    let run = suite(&gate, "not-the-secret-at-all", &[]);
    assert_eq!(run.code, Some(1), "{}", run.said);
    for said in ["✗ signature", "expected  200", "do        ", "not sent"] {
        assert!(run.said.contains(said), "{said} is not in\n{}", run.said);
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
    let run = suite(&gate, &format!("{SECRET} "), &["--json"]);
    let told = run.json();
    assert_eq!(failed(&told), ["signature"], "{told:#}");
    let answer = told["steps"][0]["answer"].as_str().expect("an answer");
    assert!(
        answer.contains("blank") || answer.contains("line end"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_unit_is_noticed_at_the_amounts_alone() {
    let partner = Partner::of_the_page().in_minor_units();
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let told = suite(&gate, SECRET, &["--json"]).json();
    let failed = failed(&told);
    assert!(
        failed.contains(&"ftd") && !failed.contains(&"registration"),
        "{told:#}"
    );
    let steps = told["steps"].as_array().expect("steps");
    let ftd = steps
        .iter()
        .find(|step| step["name"] == "ftd")
        .expect("ftd");
    assert!(
        ftd["advice"].to_string().contains("--unit minor"),
        "{ftd:#}"
    );
    let told = suite(&gate, SECRET, &["--json", "--unit", "minor"]).json();
    assert_eq!(told["ok"], true, "{told:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_the_partner_is_not_pinned_to_fails_and_the_pinned_one_does_not() {
    let gate = Gate::open().await;
    let said = gate.runs(&["partners", "pin", PARTNER, "raw"]);
    assert!(said.contains("raw and no other"), "{said}");
    let file = fs::read_to_string(gate.folder().join("partners.toml")).expect("it is there");
    assert!(file.contains("forms = [\"raw\"]"), "{file}");
    let before = gate.taken_configurations();
    gate.runs(&["partners", "apply"]);
    gate.takes_a_configuration(before).await;
    let told = suite(&gate, SECRET, &["--json", "--form", "json"]).json();
    assert_eq!(failed(&told), ["signature"], "{told:#}");
    let told = suite(&gate, SECRET, &["--json", "--form", "raw"]).json();
    assert_eq!(told["ok"], true, "{told:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_rate_makes_the_suite_slower_and_not_red() {
    let partner = Partner::of_the_page().rate(10, 3);
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let told = suite(&gate, SECRET, &["--json"]).json();
    assert_eq!(told["ok"], true, "{told:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_registered_and_a_gate_that_is_away_are_said() {
    let partner = Partner::of_the_page().networks(&["192.0.2.0/24"]);
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let run = suite(&gate, SECRET, &[]);
    assert_eq!(run.code, Some(1));
    assert!(run.said.contains("403 forbidden"), "{}", run.said);
    assert!(
        run.said.contains("whether your address is registered"),
        "{}",
        run.said
    );
    let nobody = "http://127.0.0.1:1/v1/event";
    let send = [
        "send", nobody, "--suite", "--source", PARTNER, "--secret", SECRET,
    ];
    let (code, said) = gate.tries(&send);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("no answer") && said.contains("not sent"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_is_one_file_that_says_all_of_it() {
    let partner = Partner::of_the_page().secret_within("sandbox", TEST_SECRET, "test = true");
    let gate = Gate::with(&partners_toml(MANY_FAILURES, &[partner])).await;
    let path = gate.folder().join("acme.html");
    let place = path.to_string_lossy().into_owned();
    let run = suite(&gate, TEST_SECRET, &["--certificate", &place, "--json"]);
    let told = run.json();
    assert_eq!(run.code, Some(0), "{told:#}");
    let page = fs::read_to_string(&path).expect("it was written");
    for said in [
        "✓ Passed",
        PARTNER,
        &url(&gate),
        "test.sandbox",
        "forms = [&quot;json&quot;]",
        "postern partners pin partner_name json",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    for step in told["steps"].as_array().expect("steps") {
        let id = step["request_id"].as_str().expect("an id");
        assert!(page.contains(id), "{id} is not in the page");
    }
    for outside in [
        "http-equiv=\"refresh",
        "<script",
        "src=",
        "href=",
        "@import",
        "url(",
    ] {
        assert!(!page.contains(outside), "{outside} would be fetched");
    }
    assert!(!page.contains(TEST_SECRET));
}
