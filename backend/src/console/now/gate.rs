//! What the gate refused, as Envoy counts it: asked of the admin pages that `[console] envoy` names.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postern_protocol::time::UnixSeconds;
use reqwest::{Client, Url};
use tokio::sync::watch;
use tokio::time::timeout;

use super::figures::FIGURES_PERIOD;
use crate::admin::Admin;
use crate::clock::Clock;

/// How long an Envoy may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The gate's own counters, in Prometheus' text form. The filter goes by Envoy's own names, which have
/// dots.
const STATS: &str = "/stats/prometheus?filter=gate_requests";

/// What stands before a counter's labels.
const COUNTER: &str = "postern_gate_requests_total{";

/// Before the first answer of all there is nothing to show: a page waits so long for it, and no longer.
const FIRST_WITHIN: Duration = Duration::from_millis(50);

/// What the gates say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::console) struct Refusals {
    /// Whether any Envoy is named.
    pub(in crate::console) is_set: bool,
    /// When the Envoys were last asked; `None` while the first answer is still to come.
    pub(in crate::console) at: Option<UnixSeconds>,
    /// Envoys that did not answer then.
    pub(in crate::console) silent: Vec<Silent>,
    /// Refused requests by partner and reason, the most first.
    pub(in crate::console) rows: Vec<Refused>,
}

/// An Envoy that did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::console) struct Silent {
    pub(in crate::console) envoy: String,
    pub(in crate::console) why: String,
    /// When it last did: it is counted as it was then. `None`: never since the backend started.
    pub(in crate::console) heard_at: Option<UnixSeconds>,
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

/// What the gates said last. A task of its own asks them, so that no page waits for an Envoy that does
/// not answer.
#[derive(Default)]
pub(super) struct Gates {
    latest: Arc<watch::Sender<Option<Arc<Heard>>>>,
    /// When they were last asked, on the clock of the process.
    asked: Mutex<Option<Duration>>,
}

impl Gates {
    /// What is known by now. What is older than [`FIGURES_PERIOD`] is asked anew, for who looks next.
    pub(super) async fn known(&self, admin: &Admin) -> Refusals {
        let envoys = &admin.console.envoy;
        if envoys.is_empty() {
            return Refusals::default();
        }
        self.ask_anew(envoys, &admin.clock);
        let mut latest = self.latest.subscribe();
        let known = timeout(FIRST_WITHIN, latest.wait_for(Option::is_some)).await;
        let known = known.ok().and_then(Result::ok);
        let known = known.as_deref().and_then(Option::as_ref);
        known.map_or_else(Refusals::nothing_yet, |heard| heard.refusals())
    }

    fn ask_anew(&self, envoys: &[Url], clock: &Clock) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock.now();
        let is_fresh = |at: Duration| now.saturating_sub(at) < FIGURES_PERIOD;
        if asked.is_some_and(is_fresh) {
            return;
        }
        *asked = Some(now);
        let (latest, envoys, at) = (
            Arc::clone(&self.latest),
            envoys.to_vec(),
            clock.unix_seconds(),
        );
        tokio::spawn(async move {
            let answers = ask(&envoys).await;
            let before = latest.borrow().clone();
            let heard = Heard::after(before.as_deref(), &envoys, answers, at);
            latest.send_replace(Some(Arc::new(heard)));
        });
    }
}

/// What one Envoy said last: its counters with when it told them, and why it did not answer just now.
type Told = (Option<(UnixSeconds, String)>, Option<String>);

/// What each Envoy said last.
#[derive(Debug)]
struct Heard {
    at: UnixSeconds,
    envoys: BTreeMap<Url, Told>,
}

impl Heard {
    /// An Envoy that does not answer stands as it was before.
    fn after(before: Option<&Self>, envoys: &[Url], answers: Vec<Answer>, at: UnixSeconds) -> Self {
        let told = envoys.iter().zip(answers).map(|(envoy, answer)| {
            let told = match answer {
                Ok(text) => (Some((at, text)), None),
                Err(why) => {
                    let earlier = before.and_then(|it| it.envoys.get(envoy));
                    (earlier.and_then(|(told, _)| told.clone()), Some(why))
                }
            };
            (envoy.clone(), told)
        });
        Self {
            at,
            envoys: told.collect(),
        }
    }

    fn refusals(&self) -> Refusals {
        let mut sums = BTreeMap::new();
        let mut silent = Vec::new();
        for (envoy, (told, why)) in &self.envoys {
            if let Some((_, text)) = told {
                add(text, &mut sums);
            }
            silent.extend(why.iter().map(|why| Silent {
                envoy: envoy.to_string(),
                why: why.clone(),
                heard_at: told.as_ref().map(|(at, _)| *at),
            }));
        }
        Refusals {
            is_set: true,
            at: Some(self.at),
            silent,
            rows: rows(sums),
        }
    }
}

impl Refusals {
    fn nothing_yet() -> Self {
        Self {
            is_set: true,
            ..Self::default()
        }
    }
}

/// An Envoy's counters, or why it gave none.
type Answer = Result<String, String>;

/// Asks each Envoy, all at once.
async fn ask(envoys: &[Url]) -> Vec<Answer> {
    let client = Client::builder()
        .no_proxy()
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return envoys.iter().map(|_| Err(error.to_string())).collect(),
    };
    let answers = envoys.iter().map(|envoy| counters(&client, envoy));
    futures_util::future::join_all(answers).await
}

async fn counters(client: &Client, envoy: &Url) -> Answer {
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

    fn envoy(port: u16) -> Url {
        format!("http://127.0.0.1:{port}").parse().unwrap()
    }

    #[tokio::test]
    async fn an_envoy_that_does_not_answer_is_named() {
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = envoy(taken.local_addr().unwrap().port());
        drop(taken);
        let answers = ask(std::slice::from_ref(&nobody)).await;
        let heard = Heard::after(None, std::slice::from_ref(&nobody), answers, UnixSeconds(5));
        let refusals = heard.refusals();
        assert!(refusals.is_set);
        assert_eq!(refusals.silent.len(), 1);
        assert_eq!(refusals.silent[0].envoy, nobody.to_string());
        assert_eq!(refusals.silent[0].heard_at, None);
    }

    #[test]
    fn an_envoy_that_is_gone_is_counted_as_it_was_and_its_age_is_told() {
        let envoys = [envoy(1), envoy(2)];
        let counted = |n: u8| {
            let line =
                format!("postern_gate_requests_total{{decision=\"forbidden\",reason=\"x\"}} {n}");
            Ok(line)
        };
        let first = Heard::after(None, &envoys, vec![counted(3), counted(4)], UnixSeconds(10));
        assert_eq!(first.refusals().rows[0].count, 7);
        let gone = || Err("it is gone".to_owned());
        let second = Heard::after(
            Some(&first),
            &envoys,
            vec![gone(), counted(5)],
            UnixSeconds(20),
        );
        let third = Heard::after(
            Some(&second),
            &envoys,
            vec![gone(), counted(6)],
            UnixSeconds(30),
        );
        let refusals = third.refusals();
        assert_eq!(refusals.rows[0].count, 9);
        assert_eq!(refusals.at, Some(UnixSeconds(30)));
        let silent = Silent {
            envoy: envoys[0].to_string(),
            why: "it is gone".to_owned(),
            heard_at: Some(UnixSeconds(10)),
        };
        assert_eq!(refusals.silent, [silent]);
        let back = Heard::after(
            Some(&third),
            &envoys,
            vec![counted(1), counted(7)],
            UnixSeconds(40),
        );
        assert_eq!(
            (back.refusals().rows[0].count, back.refusals().silent),
            (8, Vec::new())
        );
    }
}
