//! What a decision does, in plain words.

use crate::ledger::{Answered, FlagReason, Move, Opened, Outcome, PayoutEntry, Ruling, State};

/// Each thing that the ruling changes, a line each; the first tells of the flag itself.
#[must_use]
pub fn ruling_words(ruling: &Ruling) -> Vec<String> {
    let answers = ruling.answers.iter();
    let mut words: Vec<String> = answers.map(|it| answer(it, ruling)).collect();
    words.extend(ruling.opens.iter().map(opened));
    words.extend(ruling.moves.iter().map(moved));
    let raised = ruling.raises.iter();
    words.extend(raised.map(|it| format!("the flag {}/{} is raised", it.conversion, it.reason)));
    words.extend(ruling.payouts.iter().map(payout));
    if ruling.payouts.is_empty() {
        words.push("the partner's payout stays as it is".to_owned());
    }
    words
}

fn answer(answered: &Answered, ruling: &Ruling) -> String {
    let flag = answered.flag;
    match answered.outcome {
        Outcome::Closed => format!("the flag {flag} is closed with it{}", lost(flag.reason)),
        Outcome::Undone if flag == ruling.flag => {
            "the answer is undone, the flag waits for a decision again".to_owned()
        }
        Outcome::Undone => format!("the flag {flag} waits again, too"),
        outcome => format!("the flag is {}", outcome.name()),
    }
}

/// What can no longer be approved once the flag is closed: it would otherwise go without a word.
fn lost(reason: FlagReason) -> &'static str {
    match reason {
        FlagReason::DoubleFtd => ", and the second deposit it reports is never booked",
        FlagReason::Reapproved => ", and the approval it reports is never taken",
        FlagReason::CurrencyChanged => ", and the currency it reports is never taken",
        _ => "",
    }
}

fn opened(opened: &Opened) -> String {
    let event = &opened.event;
    let money = event.money.map_or(String::new(), |it| format!(" of {it}"));
    let conversion = opened.conversion;
    format!(
        "a {}{money} is booked, as conversion {conversion}",
        event.kind
    )
}

fn moved(moved: &Move) -> String {
    let (from, to) = (state(moved.change.from), state(moved.change.to));
    format!("conversion {} moves from {from} to {to}", moved.conversion)
}

fn state(state: State) -> String {
    let status = state.status;
    state
        .money
        .map_or_else(|| status.to_string(), |money| format!("{status} {money}"))
}

fn payout(entry: &PayoutEntry) -> String {
    let what = &entry.what;
    format!(
        "the partner's payout: {} {} ({})",
        what.step, what.amount, what.rule
    )
}
