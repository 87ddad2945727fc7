//! Sends the script and judges each answer.

use std::time::Duration;

use postern_protocol::money::AmountUnit;
use postern_protocol::request::{Encoding, VERIFY_PATH};
use postern_protocol::sign::{Form, Secret};
use postern_protocol::time::UnixSeconds;
use reqwest::{Client, Url};
use serde_json::Value;

use super::expected::in_words;
use super::script::script;
use super::step::{STALE_SECONDS, Step, Twist};
use super::{Expected, SUITE_VERSION, StepTold, SuiteTold};
use crate::partners::show_time;
use crate::sending::post::{Answer, NotPosted, Parcel};
use crate::sending::{CannotSign, Payload};

/// How often a step that was over the rate is sent again, each time after the wait it was told.
const RATE_TRIES: u32 = 5;

/// The longest wait it may be told.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// What to do where the gate lets nothing of this caller in.
const NOBODY: &str = "check the URL, the partner's name and whether your address is registered";

/// What to do where an answer does not say that it was a test.
const NO_TESTS: &str = "this gate does not know tests and may have booked this one: tell the operator, \
    and send nothing more";

/// How a run is set up.
#[derive(Debug, Clone)]
pub struct SuiteSettings {
    /// Where events go.
    pub gate: Url,
    /// Who posts.
    pub partner: String,
    /// The secret: a live or a test one.
    pub secret: Secret,
    /// The form to sign in.
    pub form: Form,
    /// How fields are written.
    pub encoding: Encoding,
    /// Whether the signature travels in its header.
    pub sign_in_header: bool,
    /// The unit of amounts.
    pub unit: AmountUnit,
    /// A name for this run, which makes its clicks its own.
    pub run: String,
    /// The present time.
    pub now: UnixSeconds,
}

/// A run under way.
pub struct Runner<'c> {
    settings: SuiteSettings,
    client: &'c Client,
    key: Option<String>,
}

/// Why a step could not even be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CannotRun(#[from] CannotSign);

impl<'c> Runner<'c> {
    /// A run that posts by this client.
    #[must_use]
    pub fn new(settings: SuiteSettings, client: &'c Client) -> Self {
        let key = None;
        Self {
            settings,
            client,
            key,
        }
    }

    /// Sends all steps, one after the other, and hands each to `say` as soon as it is answered. Stops
    /// where nothing that follows could be answered as it should.
    ///
    /// # Errors
    /// The form does not fit the encoding: nothing was sent.
    pub async fn run(mut self, mut say: impl FnMut(&StepTold)) -> Result<SuiteTold, CannotRun> {
        let settings = &self.settings;
        let script = script(&settings.run, settings.now.0, settings.unit);
        let mut steps = Vec::with_capacity(script.len());
        let mut rest = script.iter();
        for step in rest.by_ref() {
            let told = self.take(step).await?;
            say(&told);
            let goes_on = told.ok || !is_foundation(step, &told);
            steps.push(told);
            if !goes_on {
                break;
            }
        }
        let unsent = rest.map(|step| step.name).collect();
        Ok(self.told(steps, unsent))
    }

    fn told(self, steps: Vec<StepTold>, unsent: Vec<&'static str>) -> SuiteTold {
        let settings = self.settings;
        SuiteTold {
            version: SUITE_VERSION,
            ok: unsent.is_empty() && steps.iter().all(|step| step.ok),
            partner: settings.partner,
            gate: settings.gate.to_string(),
            at: show_time(settings.now),
            form: settings.form.name(),
            encoding: settings.encoding.name(),
            key: self.key,
            program: env!("CARGO_PKG_VERSION"),
            steps,
            unsent,
            pin: format!("forms = [\"{}\"]", settings.form),
        }
    }

    async fn take(&mut self, step: &Step) -> Result<StepTold, CannotRun> {
        let parcel = self.parcel(step)?;
        let told = match self.post(&parcel).await {
            Ok(answer) => self.judge(step, &answer),
            Err(error) => StepTold {
                answer: error.to_string(),
                advice: Some(NOBODY),
                ..bare(step)
            },
        };
        Ok(told)
    }

    /// A partner's own rate may be low: what is over it waits as it is told.
    async fn post(&self, parcel: &Parcel) -> Result<Answer, NotPosted> {
        let mut tries = 1;
        loop {
            let answer = parcel.post(self.client).await?;
            match answer.retry_after {
                Some(wait) if answer.status == 429 && tries < RATE_TRIES && wait <= MAX_WAIT => {
                    tokio::time::sleep(wait).await;
                }
                _ => return Ok(answer),
            }
            tries += 1;
        }
    }

    fn judge(&mut self, step: &Step, answer: &Answer) -> StepTold {
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if step.expects == Expected::Fits {
            self.key = body["key"].as_str().map(str::to_owned);
        }
        let ok = step.expects.is_met(answer, &body);
        let was_kept = matches!(answer.status, 200 | 422) && step.expects.is_kept();
        let advice = match answer.status {
            _ if was_kept && !body["test"].is_object() => NO_TESTS,
            403 | 404 => NOBODY,
            _ => step.advice,
        };
        StepTold {
            ok,
            answer: in_words(answer, &body),
            request_id: answer.request_id.clone(),
            delivery: body["id"].as_str().map(str::to_owned),
            advice: (!ok).then_some(advice),
            ..bare(step)
        }
    }

    fn parcel(&self, step: &Step) -> Result<Parcel, CannotSign> {
        let settings = &self.settings;
        let payload = Payload::of(settings.encoding, &step.fields);
        let now = settings.now.0;
        let time = match step.twist {
            Twist::Timed => Some(now.to_string()),
            Twist::Stale => Some((now - STALE_SECONDS).to_string()),
            Twist::None | Twist::Doctor | Twist::Forged => None,
        };
        let signed = payload.sign(&settings.secret, settings.form, time.as_deref())?;
        let sign = match step.twist {
            Twist::Forged => forged(&signed.sign),
            _ => signed.sign,
        };
        let mut url = settings.gate.clone();
        if step.twist == Twist::Doctor {
            url.set_path(VERIFY_PATH);
        }
        let (payload, sign) = match settings.sign_in_header {
            true => (payload, Some(sign)),
            false => (payload.with_sign(&sign), None),
        };
        Ok(Parcel {
            url,
            payload,
            source: Some(settings.partner.clone()),
            sign,
            time,
        })
    }
}

/// Whether all that follows rests on this step, so that it would only fail likewise: what is refused
/// at the gate, and what is not taken as a test.
fn is_foundation(step: &Step, told: &StepTold) -> bool {
    let is_first = matches!(step.name, "signature" | "lead");
    is_first || told.advice == Some(NO_TESTS) || told.advice == Some(NOBODY)
}

fn bare(step: &Step) -> StepTold {
    StepTold {
        name: step.name,
        title: step.title,
        ok: false,
        expected: step.expects.to_string(),
        answer: String::new(),
        request_id: None,
        delivery: None,
        advice: None,
    }
}

/// Another signature: its first digit is changed.
fn forged(sign: &str) -> String {
    let first = if sign.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", sign.get(1..).unwrap_or_default())
}
