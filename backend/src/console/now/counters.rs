//! What the gates count, read from the text that Envoy gives: refused requests by partner and reason.

use std::collections::BTreeMap;

/// What stands before a counter's labels.
const COUNTER: &str = "postern_gate_requests_total{";
/// Decisions that turn nobody away: it went on, or the signature doctor answered.
const NO_REFUSALS: [&str; 2] = ["accepted", "diagnosed"];

/// How often a partner was refused for a reason, since its Envoys started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::console) struct Refused {
    /// Empty where none was known.
    pub(in crate::console) partner: String,
    /// What the caller was told.
    pub(in crate::console) decision: String,
    /// The reason in the access log.
    pub(in crate::console) reason: String,
    pub(in crate::console) count: u64,
}

/// Refused requests, by partner, decision and reason.
#[derive(Debug, Default)]
pub(super) struct Counted(BTreeMap<(String, String, String), u64>);

impl Counted {
    /// Adds what one Envoy counts, in Prometheus' text form.
    pub(super) fn add(&mut self, text: &str) {
        for line in text.lines() {
            let counter = line.strip_prefix(COUNTER);
            let Some((labels, value)) = counter.and_then(|rest| rest.rsplit_once("} ")) else {
                continue;
            };
            let decision = label(labels, "decision");
            let count = value.trim().parse().unwrap_or(0);
            if NO_REFUSALS.contains(&decision.as_str()) || count == 0 {
                continue;
            }
            let key = (label(labels, "partner"), decision, label(labels, "reason"));
            *self.0.entry(key).or_default() += count;
        }
    }

    /// The most first.
    pub(super) fn rows(self) -> Vec<Refused> {
        let row = |((partner, decision, reason), count)| Refused {
            partner,
            decision,
            reason,
            count,
        };
        let mut rows: Vec<Refused> = self.0.into_iter().map(row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.count));
        rows
    }
}

/// A label's text. The gate's labels are ids and words: none holds a quote.
fn label(labels: &str, name: &str) -> String {
    let pairs = labels.split(',').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(given, _)| *given == name);
    let value = named.next().map_or("", |(_, value)| value);
    value.trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_alone_of_all_gates_are_added_up_by_partner_and_reason() {
        let text = "# TYPE postern_gate_requests_total counter\n\
            postern_gate_requests_total{partner=\"acme\",decision=\"accepted\",reason=\"accepted\"} 90\n\
            postern_gate_requests_total{partner=\"acme\",decision=\"diagnosed\",reason=\"diagnosed\"} 7\n\
            postern_gate_requests_total{decision=\"forbidden\",reason=\"unknown_partner\"} 3\n\
            postern_gate_requests_total{reason=\"sign_mismatch\",decision=\"unauthorized\",partner=\"acme\"} 4\n\
            postern_gate_build_info{version=\"0.1.0\"} 1\n";
        let mut counted = Counted::default();
        counted.add(text);
        counted.add(text);
        let told: Vec<String> = counted
            .rows()
            .iter()
            .map(|it| format!("{} {} {} {}", it.partner, it.decision, it.reason, it.count))
            .collect();
        assert_eq!(
            told,
            [
                "acme unauthorized sign_mismatch 8",
                " forbidden unknown_partner 6"
            ]
        );
    }
}
