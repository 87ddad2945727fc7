//! What a decision does, in plain words.

use crate::ledger::{Outcome, Ruling};

/// Each thing that the ruling changes, a line each; the first tells of the flag itself.
pub(super) fn ruling_words(ruling: &Ruling) -> Vec<String> {
    let mut words: Vec<String> = ruling
        .answers
        .iter()
        .map(|(flag, outcome)| match outcome {
            Outcome::Closed => format!("the flag {flag} is closed with it"),
            outcome => format!("the flag is {}", outcome.name()),
        })
        .collect();
    words.extend(ruling.opens.iter().map(|it| {
        let money = it
            .event
            .money
            .map_or(String::new(), |it| format!(" of {it}"));
        format!(
            "a {}{money} is booked, as conversion {}",
            it.event.kind, it.conversion
        )
    }));
    words.extend(ruling.moves.iter().map(|it| {
        let (from, to) = (it.change.from, it.change.to);
        let state = |status, money: Option<postern_protocol::money::Money>| {
            money.map_or(format!("{status}"), |money| format!("{status} {money}"))
        };
        format!(
            "conversion {} moves from {} to {}",
            it.conversion,
            state(from.status, from.money),
            state(to.status, to.money)
        )
    }));
    words.extend(
        ruling
            .raises
            .iter()
            .map(|it| format!("the flag {}/{} is raised", it.conversion, it.reason)),
    );
    words.extend(ruling.payouts.iter().map(|it| {
        let entry = &it.what;
        format!(
            "the partner's payout: {} {} ({})",
            entry.step, entry.amount, entry.rule
        )
    }));
    if ruling.payouts.is_empty() {
        words.push("the partner's payout stays as it is".to_owned());
    }
    words
}

/// The same as a block, indented.
pub(super) fn short(words: &[String]) -> String {
    words.join("\n  ")
}
