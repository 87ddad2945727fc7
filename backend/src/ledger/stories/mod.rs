//! The ledger's rules as a table of stories. Each step is a delivery and what it must become.
//!
//! The same table is told to every store, so that what is decided here is what is kept there.

mod once;
mod moves;
mod review;
mod clicks;
mod clock;
pub(crate) mod money;

use std::sync::Arc;

use super::{Entry, LoggedClick, Snapshot, decide};
use crate::agreement::Agreement;
use crate::delivery::Delivery;
use crate::store::Click;
use crate::testing::{KNOWN_CLICK, START, click, delivery_of};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// Seconds after the start, the delivery, and its verdict with any flags or first result.
pub(crate) type Step = (i64, &'static str, &'static str);

/// A story's name and its steps. A step that starts with `rival:` is another partner's.
pub(crate) type Story = (&'static str, &'static [Step]);

/// All stories.
pub(crate) fn stories() -> impl Iterator<Item = &'static Story> {
    [
        once::STORIES,
        moves::STORIES,
        review::STORIES,
        clicks::STORIES,
        clock::STORIES,
    ]
    .into_iter()
    .flatten()
}

/// Where a story happens. Its clicks and partners have names of their own, so that one store can be
/// told many stories: a new store for each would take longer than all of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// How the names end.
    ending: String,
}

impl World {
    /// The world with this number.
    pub(crate) fn number(number: usize) -> Self {
        Self {
            ending: format!("-{number}"),
        }
    }

    /// A name as it is here.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{name}{}", self.ending)
    }

    /// The clicks that stand in the log before each story.
    pub(crate) fn click_log(&self) -> [Click; 3] {
        let click = |clickid, partner: Option<&str>| {
            let partner = partner.map(|it| self.name(it));
            click(&self.name(clickid), partner.as_deref())
        };
        let dated = Click {
            clicked_at: Some(START),
            ..click("dated", Some("acme"))
        };
        [
            click(KNOWN_CLICK, None),
            click("of_rival", Some("rival")),
            dated,
        ]
    }

    /// A snapshot that holds the click log.
    pub(crate) fn known_clicks(&self) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for click in self.click_log() {
            let logged = LoggedClick {
                partner: click.partner,
                clicked_at: click.clicked_at,
                ..LoggedClick::default()
            };
            snapshot.know_click(click.clickid, logged);
        }
        snapshot
    }

    /// A story's deliveries.
    pub(crate) fn deliveries(&self, steps: &[Step]) -> Vec<Delivery> {
        steps
            .iter()
            .map(|(seconds, words, _)| self.delivery(*seconds, words))
            .collect()
    }

    /// The delivery of one step.
    pub(crate) fn delivery(&self, seconds: i64, words: &str) -> Delivery {
        let (partner, words) = match words.strip_prefix("rival: ") {
            Some(words) => ("rival", words),
            None => ("acme", words),
        };
        let mut named: Vec<String> = words
            .split(' ')
            .map(|word| match word.strip_prefix("clickid=") {
                Some(clickid) => format!("clickid={}", self.name(clickid)),
                None => word.to_owned(),
            })
            .collect();
        if !words.contains("clickid=") {
            named.push(format!("clickid={}", self.name(KNOWN_CLICK)));
        }
        delivery_of(&self.name(partner), seconds, &named.join(" "))
    }
}

/// The click log where there is only one world.
pub(crate) fn click_log() -> [Click; 3] {
    World::default().click_log()
}

/// A story's deliveries where there is only one world.
pub(crate) fn deliveries(steps: &[Step]) -> Vec<Delivery> {
    World::default().deliveries(steps)
}

/// An entry in the words of the table.
pub(crate) fn in_words(entry: &Entry, story: &[Delivery], delivery: &Delivery) -> String {
    let mut words = entry.verdict.name().to_owned();
    // An update answers for itself; which conversion it moved is what the story tells.
    let about = match entry.change {
        Some(_) => entry.conversion.expect("a change is one of a conversion"),
        None => entry.answer_id,
    };
    if about != delivery.id {
        let first = story.iter().position(|it| it.id == about);
        words += &format!(
            " of {}",
            first.expect("answers name a delivery of the story")
        );
    }
    if let Some(first_result) = entry.first_result {
        words += &format!(", {first_result}");
    }
    for flag in &entry.flags {
        words += &format!(" {flag}");
    }
    words
}

#[test]
fn every_story_ends_as_told() {
    for (name, steps) in stories() {
        let story = deliveries(steps);
        let mut snapshot = known_clicks();
        for (delivery, (_, words, expected)) in story.iter().zip(*steps) {
            let entry = decide(&mut snapshot, delivery);
            assert_eq!(
                in_words(&entry, &story, delivery),
                *expected,
                "{name}: {words}"
            );
        }
    }
}

#[test]
fn content_that_was_refused_is_booked_once_a_setting_is_put_right() {
    let mut snapshot = known_clicks();
    let refused = delivery_of("acme", 0, "ftd approved 50.00XXX");
    assert_eq!(decide(&mut snapshot, &refused).verdict.name(), "invalid");
    // The same content, as a later version reads it.
    let mut booked = delivery_of("acme", 1, "ftd approved 50.00USD");
    booked.fingerprint = refused.fingerprint;
    assert_eq!(decide(&mut snapshot, &booked).verdict.name(), "accepted");
    // And once booked, it stays a duplicate even when settings refuse it again.
    let again = delivery_of("acme", 2, "ftd approved 50.00XXX");
    let entry = decide(&mut snapshot, &again);
    assert_eq!(entry.verdict.name(), "duplicate");
    assert_eq!(entry.answer_id, booked.id);
}

/// A snapshot that holds that click log.
pub(crate) fn known_clicks() -> Snapshot {
    World::default().known_clicks()
}

#[test]
fn a_partners_own_attribution_window_counts() {
    let a_week = Arc::new(Agreement {
        attribution_seconds: 7 * DAY,
        ..Agreement::default()
    });
    let verdict_at = |seconds| {
        let mut delivery = delivery_of("acme", seconds, "lead approved clickid=dated");
        delivery.agreement = a_week.clone();
        decide(&mut known_clicks(), &delivery).verdict
    };
    assert_eq!(verdict_at(7 * DAY).name(), "accepted");
    assert_eq!(verdict_at(7 * DAY + 1).name(), "flagged");
}
