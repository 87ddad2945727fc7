//! What the gate refused, as Envoy counts it: asked of the admin pages that `[console] envoy` names.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Client, Url};

/// How long an Envoy may take to answer: the page waits for it.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The gate's own counters, in Prometheus' text form. The filter goes by Envoy's own names, which have
/// dots.
const STATS: &str = "/stats/prometheus?filter=gate_requests";

/// What stands before a counter's labels.
const COUNTER: &str = "postern_gate_requests_total{";

/// What the gates say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::console) struct Refusals {
    /// Whether any Envoy is named.
    pub(in crate::console) is_set: bool,
    /// Envoys that did not answer, and why.
    pub(in crate::console) silent: Vec<(String, String)>,
    /// Refused requests by partner and reason, the most first.
    pub(in crate::console) rows: Vec<Refused>,
}

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

/// Asks each Envoy, all at once.
pub(super) async fn ask(envoys: &[Url]) -> Refusals {
    let client = Client::builder()
        .no_proxy()
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return Refusals::unreachable(envoys, &error.to_string()),
    };
    let answers = envoys.iter().map(|envoy| counters(&client, envoy));
    let answers = futures_util::future::join_all(answers).await;
    let mut refusals = Refusals {
        is_set: !envoys.is_empty(),
        ..Refusals::default()
    };
    let mut sums = BTreeMap::new();
    for (envoy, answer) in envoys.iter().zip(answers) {
        match answer {
            Ok(text) => add(&text, &mut sums),
            Err(why) => refusals.silent.push((envoy.to_string(), why)),
        }
    }
    refusals.rows = rows(sums);
    refusals
}

impl Refusals {
    fn unreachable(envoys: &[Url], why: &str) -> Self {
        let silent = envoys.iter().map(|it| (it.to_string(), why.to_owned()));
        Self {
            is_set: !envoys.is_empty(),
            silent: silent.collect(),
            rows: Vec::new(),
        }
    }
}

async fn counters(client: &Client, envoy: &Url) -> Result<String, String> {
    let url = envoy.join(STATS).map_err(|error| error.to_string())?;
    let response = client.get(url).send().await;
    // The address stands beside it.
    let response = response.map_err(|error| error.without_url().to_string())?;
    if !response.status().is_success() {
        return Err(format!("it answers {}", response.status()));
    }
    let text = response.text().await;
    text.map_err(|error| error.without_url().to_string())
}

type Key = (String, String, String);

fn add(text: &str, sums: &mut BTreeMap<Key, u64>) {
    for line in text.lines() {
        let counter = line.strip_prefix(COUNTER);
        let Some((labels, value)) = counter.and_then(|rest| rest.rsplit_once("} ")) else {
            continue;
        };
        let decision = label(labels, "decision");
        let count = value.trim().parse().unwrap_or(0);
        if decision == "accepted" || count == 0 {
            continue;
        }
        let key = (label(labels, "partner"), decision, label(labels, "reason"));
        *sums.entry(key).or_default() += count;
    }
}

/// A label's text. The gate's labels are ids and words: none holds a quote.
fn label(labels: &str, name: &str) -> String {
    let pairs = labels.split(',').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(given, _)| *given == name);
    let value = named.next().map_or("", |(_, value)| value);
    value.trim_matches('"').to_owned()
}

fn rows(sums: BTreeMap<Key, u64>) -> Vec<Refused> {
    let mut rows: Vec<Refused> = sums
        .into_iter()
        .map(|((partner, decision, reason), count)| Refused {
            partner,
            decision,
            reason,
            count,
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_all_gates_are_added_up_by_partner_and_reason() {
        let text = "# TYPE postern_gate_requests_total counter\n\
            postern_gate_requests_total{partner=\"acme\",decision=\"accepted\",reason=\"accepted\"} 90\n\
            postern_gate_requests_total{decision=\"forbidden\",reason=\"unknown_partner\"} 3\n\
            postern_gate_requests_total{reason=\"sign_mismatch\",decision=\"unauthorized\",partner=\"acme\"} 4\n\
            postern_gate_build_info{version=\"0.1.0\"} 1\n";
        let mut sums = BTreeMap::new();
        add(text, &mut sums);
        add(text, &mut sums);
        let told: Vec<String> = rows(sums)
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

    #[tokio::test]
    async fn an_envoy_that_does_not_answer_is_named() {
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = taken.local_addr().unwrap();
        drop(taken);
        let envoy: Url = format!("http://{nobody}").parse().unwrap();
        let refusals = ask(std::slice::from_ref(&envoy)).await;
        assert!(refusals.is_set);
        assert_eq!(refusals.silent.len(), 1);
        assert_eq!(refusals.silent[0].0, envoy.to_string());
        assert!(!ask(&[]).await.is_set);
    }
}
