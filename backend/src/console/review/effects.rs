//! What a decision has changed, told from the ledger itself: so it says the same after a minute and
//! after a year.

use std::collections::HashSet;

use crate::ledger::{Cause, Outcome, State};
use crate::store::{ConversionHistory, DecisionRecord};

/// Each thing that a decision changed, a line each. `histories` are those of the conversion its flag
/// is about, and of the one it opened where it opened one.
pub(super) fn changed(decision: &DecisionRecord, histories: &[ConversionHistory]) -> Vec<String> {
    let mut lines = closed(decision, histories);
    for history in histories {
        lines.extend(opened(decision, history));
        lines.extend(moved(decision, history));
        lines.extend(raised(decision, history));
    }
    let money: Vec<String> = histories.iter().flat_map(|it| paid(decision, it)).collect();
    if money.is_empty() {
        lines.push("The partner's payout stayed as it was.".to_owned());
    }
    lines.extend(money);
    lines
}

fn closed(decision: &DecisionRecord, histories: &[ConversionHistory]) -> Vec<String> {
    let others = answers(histories).filter(|it| it.id == decision.id);
    let others = others.filter(|it| it.outcome == Outcome::Closed && it.flag != decision.flag);
    let line = |it: &DecisionRecord| format!("The flag {} was closed with it.", it.flag);
    others.map(line).collect()
}

/// All answers that histories tell, each once.
pub(super) fn answers(histories: &[ConversionHistory]) -> impl Iterator<Item = &DecisionRecord> {
    let mut met = HashSet::new();
    let all = histories.iter().flat_map(|it| &it.decisions);
    all.filter(move |it| met.insert((it.id, it.flag)))
}

/// A second first deposit that was approved opens a conversion with the delivery's id, the first time.
fn opened(decision: &DecisionRecord, history: &ConversionHistory) -> Option<String> {
    let conversion = &history.conversion;
    let approvals = history.decisions.iter();
    let approvals =
        approvals.filter(|it| it.flag == decision.flag && it.outcome == Outcome::Approved);
    let first_approval = approvals.map(|it| it.number).min();
    let is_opened = conversion.id == decision.flag.delivery
        && conversion.id != decision.conversion
        && first_approval == Some(decision.number);
    let first = history.changes.first().map(|it| it.change.from);
    let state = first.unwrap_or(State {
        status: conversion.status,
        money: conversion.money,
    });
    is_opened.then(|| {
        format!(
            "A {} was booked: {}, as conversion {}.",
            conversion.event,
            words(state),
            conversion.id
        )
    })
}

fn moved(decision: &DecisionRecord, history: &ConversionHistory) -> Vec<String> {
    let moves = history.changes.iter();
    let moves = moves.filter(|it| it.decision == Some(decision.id));
    moves
        .map(|it| {
            let (from, to) = (words(it.change.from), words(it.change.to));
            format!("Conversion {} moved from {from} to {to}.", it.conversion)
        })
        .collect()
}

/// A redeposit's click is checked like any other's.
fn raised(decision: &DecisionRecord, history: &ConversionHistory) -> Vec<String> {
    if history.conversion.id == decision.conversion
        || history.conversion.id != decision.flag.delivery
    {
        return Vec::new();
    }
    let flags = history.flags.iter();
    let flags = flags.filter(|it| it.raised_at == decision.decided_at);
    let line = |reason| format!("It raised the flag {reason} on the new conversion.");
    flags.map(|it| line(it.reason)).collect()
}

fn paid(decision: &DecisionRecord, history: &ConversionHistory) -> Vec<String> {
    let lines = history.payouts.iter();
    let lines = lines.filter(|it| it.cause == Cause::Decision(decision.id));
    lines
        .map(|it| {
            format!(
                "The partner's payout: {} {} ({}).",
                it.step, it.amount, it.rule
            )
        })
        .collect()
}

fn words(state: State) -> String {
    let status = state.status;
    let money = state.money;
    money.map_or_else(|| status.to_string(), |money| format!("{status} {money}"))
}
