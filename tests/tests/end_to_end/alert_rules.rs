//! The alert rules do what they say, and ask only for what docs/metrics.md has, as the dashboard does.
//!
//! Run once: no Envoy is asked.

use std::collections::BTreeSet;
use std::process::Command;

use postern_tests::metrics::{documented, metrics_in, panels, project_file, project_text, rules};
use postern_tests::prometheus::program;

/// Cases of minutes, and cases of days, which are evaluated less often: together they take some seconds.
const RULE_TESTS: [&str; 2] = ["alerts.test.yml", "alerts-days.test.yml"];

fn promtool(arguments: &[&str]) {
    let ran = Command::new(program("promtool"))
        .current_dir(project_file("observe"))
        .args(arguments)
        .output()
        .expect("promtool runs");
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn prometheus_takes_the_configuration_and_each_rule_does_what_its_test_says() {
    promtool(&["check", "config", "prometheus.yml"]);
    promtool(&["check", "rules", "alerts.yml"]);
    promtool(&[&["test", "rules"], &RULE_TESTS[..]].concat());
}

#[test]
fn each_rule_is_tested_firing_and_silent() {
    let tests = RULE_TESTS.map(|name| project_text(&format!("observe/{name}")));
    let tests = tests.concat();
    let rules = rules();
    assert!(rules.len() >= 18, "{rules:?}");
    for (alert, _) in rules {
        let about = format!("alertname: {alert}\n");
        let cases = tests.split(&about).skip(1);
        let cases: Vec<&str> = cases.map(str::trim_start).collect();
        let silent = |case: &&str| case.starts_with("exp_alerts: []");
        assert!(cases.iter().any(silent), "{alert} is never seen silent");
        assert!(!cases.iter().all(silent), "{alert} is never seen firing");
    }
}

#[test]
fn who_asks_the_signature_doctor_is_no_refusal_in_any_rule_or_panel() {
    let asked: Vec<(String, String)> = rules().into_iter().chain(panels()).collect();
    let of_refusals = |it: &&(String, String)| it.1.contains(r#"decision!~"accepted|diagnosed""#);
    assert!(asked.iter().filter(of_refusals).count() >= 4, "{asked:?}");
    for (who, expression) in asked {
        let takes_it_for_one = expression.contains(r#"decision!="accepted""#);
        assert!(!takes_it_for_one, "{who}: {expression}");
    }
}

#[test]
fn rules_and_dashboard_ask_only_for_what_is_documented() {
    let known: BTreeSet<String> = documented().into_iter().map(|it| it.name).collect();
    let asked: Vec<(String, String)> = rules().into_iter().chain(panels()).collect();
    assert!(asked.len() > 40, "{}", asked.len());
    for (who, expression) in asked {
        let metrics = metrics_in(&expression);
        assert!(
            !metrics.is_empty() || expression.contains("up{"),
            "{who}: {expression}"
        );
        for metric in metrics {
            assert!(
                known.contains(&metric),
                "{who} asks for {metric}, which docs/metrics.md lacks"
            );
        }
    }
}
