//! What the gate refused, as Envoy counts it: asked of the admin pages that `[console] envoy` names.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postern_protocol::time::UnixSeconds;
use reqwest::{Client, Url};
use tokio::sync::watch;
use tokio::time::timeout;

use super::counters::{Counted, Refused};
use super::figures::FIGURES_PERIOD;
use crate::admin::Admin;
use crate::clock::Clock;

/// How long an Envoy may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The gate's own counters, in Prometheus' text form. The filter goes by Envoy's own names, which have
/// dots.
const STATS: &str = "/stats/prometheus?filter=gate_requests";

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
        let mut counted = Counted::default();
        let mut silent = Vec::new();
        for (envoy, (told, why)) in &self.envoys {
            if let Some((_, text)) = told {
                counted.add(text);
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
            rows: counted.rows(),
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

#[cfg(test)]
mod tests {
    use super::*;

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
