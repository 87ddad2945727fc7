//! What holds for every run, without a gate.

use std::collections::BTreeSet;

use postern_protocol::money::AmountUnit;

use super::{Expected, SUITE_VERSION, Step, StepTold, SuiteTold, certificate, script};
use crate::ledger::Verdict;
use crate::sandbox::TEST_CLICK_PREFIX;
use crate::sending::post::Answer;

const NOW: i64 = 1_717_000_000;

fn steps() -> Vec<Step> {
    script("run-1", NOW, AmountUnit::Major)
}

fn field<'s>(step: &'s Step, name: &str) -> Vec<&'s str> {
    let fields = step.fields.iter().filter(|field| field.name == name);
    fields.map(|field| field.value.as_text()).collect()
}

#[test]
fn everything_that_is_sent_is_a_test() {
    for step in steps() {
        assert_eq!(field(&step, "test"), ["1"], "{}", step.name);
    }
}

#[test]
fn each_step_has_a_name_of_its_own_and_says_what_to_do() {
    let steps = steps();
    let names: BTreeSet<&str> = steps.iter().map(|step| step.name).collect();
    assert_eq!(names.len(), steps.len());
    assert!(
        steps
            .iter()
            .all(|step| !step.advice.is_empty() && !step.title.is_empty())
    );
}

#[test]
fn no_run_shares_a_click_with_another() {
    let clicks = |run| -> BTreeSet<String> {
        let steps = script(run, NOW, AmountUnit::Major);
        let clicks = steps.iter().flat_map(|step| field(step, "clickid"));
        clicks
            .filter(|it| *it != "{clickid}")
            .map(str::to_owned)
            .collect()
    };
    let (one, other) = (clicks("run-1"), clicks("run-2"));
    assert!(one.is_disjoint(&other), "{one:?} {other:?}");
    let reserved = one.iter().filter(|it| it.starts_with(TEST_CLICK_PREFIX));
    assert_eq!(reserved.count(), one.len() - 1, "all but the unknown one");
}

#[test]
fn every_kind_of_event_and_every_verdict_is_tried() {
    let steps = steps();
    let kinds: BTreeSet<&str> = steps.iter().flat_map(|step| field(step, "event")).collect();
    for kind in postern_protocol::event::EventKind::ALL {
        assert!(kinds.contains(kind.name()), "{kind}");
    }
    for verdict in Verdict::ALL
        .into_iter()
        .filter(|it| *it != Verdict::Invalid)
    {
        let is_tried = |step: &Step| matches!(step.expects, Expected::Kept(it, _) if it == verdict);
        assert!(steps.iter().any(is_tried), "{verdict}");
    }
    assert!(
        steps
            .iter()
            .any(|it| matches!(it.expects, Expected::Invalid(_)))
    );
}

fn answer(status: u16, body: &str) -> (Answer, serde_json::Value) {
    let answer = Answer {
        status,
        body: body.to_owned(),
        request_id: None,
        retry_after: None,
    };
    (answer, serde_json::from_str(body).unwrap())
}

#[test]
fn an_answer_that_does_not_say_it_was_a_test_is_never_right() {
    let accepted = Expected::kept(Verdict::Accepted);
    let (live, body) = answer(200, r#"{"ok":true,"result":"accepted","id":"d"}"#);
    assert!(!accepted.is_met(&live, &body));
    let (test, body) = answer(200, r#"{"ok":true,"result":"accepted","id":"d","test":{}}"#);
    assert!(accepted.is_met(&test, &body));
    let invalid = Expected::Invalid("amount");
    let (live, body) = answer(422, r#"{"error":"invalid","fields":[{"field":"amount"}]}"#);
    assert!(!invalid.is_met(&live, &body));
}

#[test]
fn an_amount_that_was_read_otherwise_is_not_right() {
    let fifty = Expected::read_as(Verdict::Accepted, "50.00", "USD");
    let read = |amount: &str| {
        let body = format!(
            r#"{{"result":"accepted","test":{{"conversion":{{"amount":{{"amount":"{amount}","currency":"USD"}}}}}}}}"#
        );
        let (answer, body) = answer(200, &body);
        fifty.is_met(&answer, &body)
    };
    assert!(read("50.00") && !read("0.50") && !read("5000.00"));
}

fn told(text: &str) -> SuiteTold {
    SuiteTold {
        version: SUITE_VERSION,
        ok: true,
        partner: text.to_owned(),
        gate: format!("https://gate.example/v1/event?{text}"),
        at: "2026-01-31T12:00:00Z".to_owned(),
        form: "json",
        encoding: "json",
        key: Some(text.to_owned()),
        program: "0.1.0",
        steps: vec![StepTold {
            name: "ftd",
            title: "a first deposit",
            ok: true,
            expected: "200".to_owned(),
            answer: text.to_owned(),
            request_id: Some(text.to_owned()),
            delivery: Some(text.to_owned()),
            advice: None,
        }],
        unsent: Vec::new(),
        pin: "forms = [\"json\"]".to_owned(),
    }
}

#[test]
fn what_comes_from_outside_cannot_become_part_of_the_page() {
    let hostile = r#""><script>alert(1)</script><img src=x onerror=alert(2)>'"#;
    let page = certificate(&told(hostile)).unwrap();
    assert!(
        !page.contains("<script") && !page.contains("<img"),
        "{page}"
    );
    assert_eq!(page.matches("&lt;script&gt;").count(), 8, "{page}");
    let tame = certificate(&told("acme")).unwrap();
    let tags = |page: &str| page.matches('<').count();
    assert_eq!(tags(&page), tags(&tame), "no tag more");
}
