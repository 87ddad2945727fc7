//! axe-core inside the page: what would keep somebody out who sees, hears or points otherwise.

use std::fs;
use std::sync::LazyLock;

use fantoccini::Client;
use serde_json::Value;

use crate::programs::axe;

/// The rules of WCAG 2.2 up to AA, and axe's own good habits.
const RUN: &str = "const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
  .then((results) => done(results.violations.map((rule) => ({
    rule: rule.id, help: rule.help, impact: rule.impact,
    nodes: rule.nodes.map((node) => node.html + ' ' + node.failureSummary),
  }))), (error) => done([String(error)]))";

static SOURCE: LazyLock<String> =
    LazyLock::new(|| fs::read_to_string(axe()).expect("tools/axe has fetched it"));

/// What axe finds on the page that is shown.
pub(super) async fn violations(client: &Client) -> Vec<Value> {
    // By the driver, not by the page: its content security policy lets nothing in.
    let loaded = client.execute(&SOURCE, Vec::new()).await;
    loaded.expect("axe is a script");
    let found = client.execute_async(RUN, Vec::new()).await;
    let found = found.expect("axe runs");
    found.as_array().cloned().expect("a list of violations")
}
