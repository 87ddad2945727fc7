//! What docs/metrics.md, the rules and the dashboard say of metrics.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A row of a table in docs/metrics.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documented {
    /// The metric.
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub kind: String,
    /// The labels' names.
    pub labels: Vec<String>,
}

/// A file of the project.
#[must_use]
pub fn project_file(path: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the tests are a folder of it")
        .join(path)
}

/// The text of a file of the project.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn project_text(path: &str) -> String {
    std::fs::read_to_string(project_file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All that docs/metrics.md documents.
#[must_use]
pub fn documented() -> Vec<Documented> {
    let page = project_text("docs/metrics.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let labels = cells[3].split(", ").filter(|it| *it != "–");
        let label = |it: &str| {
            let name = it.trim_matches('`');
            name.split('=').next().unwrap_or(name).to_owned()
        };
        Documented {
            name: cells[1].trim_matches('`').to_owned(),
            kind: cells[2].to_owned(),
            labels: labels.map(label).collect(),
        }
    };
    rows.map(row).collect()
}

/// Every metric a PromQL expression names, without what a histogram puts behind its name.
#[must_use]
pub fn metrics_in(expression: &str) -> BTreeSet<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut outside = String::new(); // of label matchers
    let mut depth = 0;
    for c in expression.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    let words = outside.split(|c| !is_word(c));
    let named = words.filter(|it| it.starts_with("postern_") || it.starts_with("envoy_"));
    let plain = |word: &str| {
        let ends = ["_bucket", "_sum", "_count"];
        let plain = ends.iter().find_map(|end| word.strip_suffix(end));
        plain.unwrap_or(word).to_owned()
    };
    named.map(plain).collect()
}

/// The expressions of every rule in observe/alerts.yml.
#[must_use]
pub fn rules() -> Vec<(String, String)> {
    let text = project_text("observe/alerts.yml");
    let mut rules = Vec::new();
    for rule in text.split("- alert: ").skip(1) {
        let (name, rest) = rule.split_once('\n').unwrap_or_default();
        let after = rest.split_once("expr:").map_or("", |(_, after)| after);
        let ends = ["\n    for:", "\n    labels:"];
        let end = ends.iter().filter_map(|end| after.find(end)).min();
        let expression = &after[..end.unwrap_or(after.len())];
        let expression = expression.trim().trim_start_matches('|').trim();
        rules.push((name.trim().to_owned(), expression.to_owned()));
    }
    rules
}

/// The expressions of every panel of the dashboard, with its title.
///
/// # Panics
/// When the dashboard is no JSON.
#[must_use]
pub fn panels() -> Vec<(String, String)> {
    let text = project_text("observe/grafana/dashboards/postern.json");
    let dashboard: Value = serde_json::from_str(&text).expect("the dashboard is JSON");
    let panels = dashboard["panels"]
        .as_array()
        .expect("it has panels")
        .iter();
    let each = panels.flat_map(|panel| {
        let title = panel["title"].as_str().unwrap_or_default().to_owned();
        let targets = panel["targets"].as_array().cloned().unwrap_or_default();
        let expression = |it: Value| it["expr"].as_str().unwrap_or_default().to_owned();
        targets
            .into_iter()
            .map(move |it| (title.clone(), expression(it)))
    });
    each.collect()
}
