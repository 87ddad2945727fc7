//! What happened to a conversion, step by step.

use postern_protocol::time::UnixSeconds;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ledger::{Outcome, State};
use crate::partners::show_time;
use crate::store::{ChangeRecord, ConversionHistory, DecisionRecord, DeliveryRecord, FlagRecord};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// When.
    pub at: String,
    /// `opened`, `flagged`, `decided` or `changed`.
    pub kind: &'static str,
    /// What, in plain words.
    pub text: String,
    /// The delivery that did it, or whose flag was decided.
    pub delivery: Uuid,
    /// The decision that did it, where the delivery did not by itself.
    pub decision: Option<Uuid>,
}

/// A step with the time it is sorted by.
type Timed = (UnixSeconds, Step);

/// All steps by time. Those of one moment stand in the order in which they follow from each other.
pub(super) fn steps(history: &ConversionHistory) -> Vec<Step> {
    let mut steps = vec![opened(history)];
    steps.extend(history.flags.iter().map(|it| flagged(history, it)));
    steps.extend(history.decisions.iter().map(decided));
    steps.extend(history.changes.iter().map(|it| changed(history, it)));
    steps.sort_by_key(|(at, _)| *at);
    steps.into_iter().map(|(_, step)| step).collect()
}

fn opened(history: &ConversionHistory) -> Timed {
    let conversion = &history.conversion;
    let first = history.changes.first().map(|it| it.change.from);
    let state = first.unwrap_or(State {
        status: conversion.status,
        money: conversion.money,
    });
    let text = format!(
        "opened as {} {}, {}",
        conversion.event,
        state_text(state),
        sent(history, conversion.id)
    );
    timed(conversion.opened_at, "opened", text, conversion.id, None)
}

fn flagged(history: &ConversionHistory, flag: &FlagRecord) -> Timed {
    let waits = if flag.is_open {
        ", waits for a decision"
    } else {
        ""
    };
    let reported = flag.reported.as_ref().map(|reported| {
        let state = state_text(reported.state);
        format!(", reported was {} {state}", reported.kind)
    });
    let by = match flag.delivery == flag.conversion {
        true => String::new(),
        false => format!(", {}", sent(history, flag.delivery)),
    };
    let text = format!(
        "flagged {}{}{by}{waits}",
        flag.reason,
        reported.unwrap_or_default()
    );
    timed(flag.raised_at, "flagged", text, flag.delivery, None)
}

fn decided(decision: &DecisionRecord) -> Timed {
    let note = match decision.note.is_empty() {
        true => String::new(),
        false => format!(": {}", decision.note),
    };
    let (reason, by) = (decision.flag.reason, &decision.decided_by);
    let text = match decision.outcome {
        Outcome::Undone => format!("the answer to flag {reason} undone by {by}{note}"),
        outcome => format!("flag {reason} {} by {by}{note}", outcome.name()),
    };
    let id = Some(decision.id);
    timed(
        decision.decided_at,
        "decided",
        text,
        decision.flag.delivery,
        id,
    )
}

fn changed(history: &ConversionHistory, record: &ChangeRecord) -> Timed {
    let (from, to) = (state_text(record.change.from), state_text(record.change.to));
    let by = match (record.decision, record.undoes) {
        (Some(_), Some(_)) => "taken back by the decision".to_owned(),
        (Some(_), None) => "by the decision".to_owned(),
        (None, _) => sent(history, record.delivery),
    };
    let reason = record.reason.as_ref().map(|it| format!(", because: {it}"));
    let text = format!("{from} → {to}, {by}{}", reason.unwrap_or_default());
    timed(
        record.changed_at,
        "changed",
        text,
        record.delivery,
        record.decision,
    )
}

/// How the delivery came, as long as it is kept.
fn sent(history: &ConversionHistory, id: Uuid) -> String {
    let find = |it: &&DeliveryRecord| it.id == id;
    match history.deliveries.iter().find(find) {
        Some(it) => {
            format!(
                "by a {} from {}, form {}, key {}",
                it.method, it.address, it.form, it.key_id
            )
        }
        None => "by a delivery whose request was removed".to_owned(),
    }
}

fn state_text(state: State) -> String {
    match state.money {
        Some(money) => format!("{} {money}", state.status),
        None => state.status.to_string(),
    }
}

fn timed(
    at: UnixSeconds,
    kind: &'static str,
    text: String,
    delivery: Uuid,
    decision: Option<Uuid>,
) -> Timed {
    let step = Step {
        at: show_time(at),
        kind,
        text,
        delivery,
        decision,
    };
    (at, step)
}
