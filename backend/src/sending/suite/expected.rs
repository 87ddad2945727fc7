//! What an answer should be, and what is other about one that is not.

use std::fmt;

use serde_json::Value;

use crate::ledger::{FlagReason, Verdict};
use crate::sending::post::Answer;

/// What a step should be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The signature doctor says that it fits.
    Fits,
    /// It is kept as a test, with this verdict and as this says besides.
    Kept(Verdict, Besides),
    /// It is kept as a test and not valid, for this field.
    Invalid(&'static str),
    /// It is refused with this status and code.
    Refused(u16, &'static str),
}

/// What else an answer should say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Besides {
    /// Nothing.
    Nothing,
    /// The amount was read so.
    Amount(&'static str, &'static str),
    /// It would be flagged for this reason.
    Flag(FlagReason),
    /// It would move the conversion from one status to another.
    Move(&'static str, &'static str),
}

impl Expected {
    pub(super) const fn kept(verdict: Verdict) -> Self {
        Self::Kept(verdict, Besides::Nothing)
    }

    pub(super) const fn read_as(
        verdict: Verdict,
        amount: &'static str,
        currency: &'static str,
    ) -> Self {
        Self::Kept(verdict, Besides::Amount(amount, currency))
    }

    pub(super) const fn flagged(reason: FlagReason) -> Self {
        Self::Kept(Verdict::Flagged, Besides::Flag(reason))
    }

    pub(super) const fn moved(from: &'static str, to: &'static str) -> Self {
        Self::Kept(Verdict::Updated, Besides::Move(from, to))
    }

    /// Whether it is what becomes of a delivery that is kept.
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(..) | Self::Invalid(_))
    }

    /// Whether this is the answer.
    pub(super) fn is_met(&self, answer: &Answer, body: &Value) -> bool {
        match self {
            Self::Fits => answer.status == 200 && body["ok"] == true,
            Self::Kept(verdict, besides) => {
                let is_verdict = body["result"] == verdict.name();
                answer.status == 200 && is_verdict && besides.is_met(&body["test"])
            }
            Self::Invalid(field) => {
                let fields = body["fields"].as_array();
                let is_named = fields.is_some_and(|it| it.iter().any(|it| it["field"] == *field));
                answer.status == 422 && is_named && body["test"].is_object()
            }
            Self::Refused(status, code) => answer.status == *status && body["error"] == *code,
        }
    }
}

impl Besides {
    fn is_met(self, outlook: &Value) -> bool {
        let amount = &outlook["conversion"]["amount"];
        let change = &outlook["change"];
        match self {
            _ if !outlook.is_object() => false,
            Self::Nothing => true,
            Self::Amount(of, currency) => amount["amount"] == of && amount["currency"] == currency,
            Self::Flag(reason) => {
                let flags = outlook["flags"].as_array();
                flags.is_some_and(|it| it.iter().any(|it| it["reason"] == reason.name()))
            }
            Self::Move(from, to) => {
                change["from"]["status"] == from && change["to"]["status"] == to
            }
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fits => f.write_str("200, the signature fits"),
            Self::Kept(verdict, besides) => write!(f, "200 {verdict}{besides}"),
            Self::Invalid(field) => write!(f, "422 invalid, for `{field}`"),
            Self::Refused(status, code) => write!(f, "{status} {code}"),
        }
    }
}

impl fmt::Display for Besides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Amount(amount, currency) => write!(f, ", read as {amount} {currency}"),
            Self::Flag(reason) => write!(f, ": {reason}"),
            Self::Move(from, to) => write!(f, ", from {from} to {to}"),
        }
    }
}

/// An answer in few words: its status, what became of it, and what was read or found in it.
pub(super) fn in_words(answer: &Answer, body: &Value) -> String {
    let word = |name: &str| body[name].as_str().unwrap_or_default();
    let mut words = answer.status.to_string();
    for part in [word("result"), word("error")] {
        if !part.is_empty() {
            words = format!("{words} {part}");
        }
    }
    for said in details(body) {
        words = format!("{words}; {said}");
    }
    words
}

fn details(body: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut said = Vec::new();
    let amount = &body["test"]["conversion"]["amount"];
    if amount.is_object() {
        let currency = text(&amount["currency"]);
        said.push(format!("read as {} {currency}", text(&amount["amount"])));
    }
    said.extend(list(&body["flags"]).iter().map(text));
    for field in list(&body["fields"]) {
        let [name, expected] = ["field", "expected"].map(|it| text(&field[it]));
        said.push(format!("{name}: expected {expected}"));
    }
    for cause in list(&body["causes"]) {
        let [problem, change] = ["problem", "change"].map(|it| text(&cause[it]));
        said.push(format!("{problem}: {change}"));
    }
    if !body["error"].is_null() {
        said.push(text(&body["message"]));
    }
    said
}
