//! What may happen: the vocabulary of random stories.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::testing::START;

/// Whose postbacks there are.
pub(super) const PARTNERS: [&str; 2] = ["acme", "rival"];

/// A click of the log: its id, to whom the visitor was sent, and when, in seconds after the start.
pub(super) type LogLine = (&'static str, Option<&'static str>, Option<i64>);

/// Every click there can be. No story begins with any of them in the log.
pub(super) const CLICKS: [LogLine; 5] = [
    ("bare", None, None),
    ("dated", Some("acme"), Some(0)),
    ("theirs", Some("rival"), Some(0)),
    ("old", Some("acme"), Some(-91 * 86_400)),
    ("ahead", Some("acme"), Some(50_000)),
];

/// What a partner sends; an empty text is a field left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sent {
    pub(super) partner: &'static str,
    pub(super) clickid: &'static str,
    pub(super) event: &'static str,
    pub(super) status: &'static str,
    pub(super) amount: &'static str,
    pub(super) currency: &'static str,
    pub(super) transaction: &'static str,
    /// Seconds after the start.
    pub(super) timestamp: Option<i64>,
    /// A field that nobody knows, as a sender's counter of attempts.
    pub(super) attempt: &'static str,
}

/// One of the things that happen at once. A place is one in the list of all flags there are.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A batch, each postback with the number of its request: the same again is the edge's retry.
    Deliver(Vec<(Sent, u8)>),
    Approve(usize),
    Reject(usize),
    Undo(usize),
    /// The click at this place of [`CLICKS`] arrives.
    Click(usize),
}

/// What happens at once, each act through a writer of its own.
#[derive(Debug, Clone)]
pub(super) struct Round {
    /// Seconds since the round before. Clocks are set back, too.
    pub(super) elapsed: i64,
    /// Whether every writer was closed and opened again before.
    pub(super) is_restart: bool,
    pub(super) acts: Vec<Act>,
}

impl Sent {
    /// The query it is sent with, where names end as they do in its world.
    pub(super) fn query(&self, clickid: &str) -> String {
        let timestamp = self.timestamp.map(|it| (START.0 + it).to_string());
        let fields = [
            ("clickid", clickid),
            ("event", self.event),
            ("status", self.status),
            ("amount", self.amount),
            ("currency", self.currency),
            ("transaction_id", self.transaction),
            ("timestamp", timestamp.as_deref().unwrap_or("")),
            ("attempt", self.attempt),
        ];
        let sent = fields.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = sent
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }
}

/// What a story is about: few clicks, few events and few amounts, so that postbacks meet each other
/// in many ways.
#[derive(Debug, Clone)]
struct Topic {
    clickids: Vec<&'static str>,
    events: Vec<&'static str>,
    money: Vec<(&'static str, &'static str)>,
}

fn topic() -> impl Strategy<Value = Topic> {
    let clickids = CLICKS.map(|(clickid, ..)| clickid).to_vec();
    let events = vec![
        "ftd",
        "lead",
        "registration",
        "redeposit",
        "cashout",
        "rejected",
    ];
    let money = vec![
        ("10", "USD"),
        ("20", "USD"),
        ("0.06", "USD"),
        ("0.10", "USD"),
        ("10", "EUR"),
    ];
    (
        subsequence(clickids, 1..=2),
        subsequence(events, 1..=3),
        subsequence(money, 1..=3),
    )
        .prop_map(|(clickids, events, money)| Topic {
            clickids,
            events,
            money,
        })
}

fn sent(topic: &Topic) -> impl Strategy<Value = Sent> + use<> {
    let whose = (
        select(&["acme", "acme", "acme", "rival"]),
        select(topic.clickids.clone()),
    );
    let status = select(&["approved", "approved", "pending", "rejected"]);
    let told_apart_by = (
        select(&["", "", "A", "B"]),
        timestamp(),
        select(&["", "", "2"]),
    );
    (whose, what(topic), status, told_apart_by).prop_map(
        |((partner, clickid), (event, (amount, currency)), status, told_apart_by)| {
            let (transaction, timestamp, attempt) = told_apart_by;
            Sent {
                partner,
                clickid,
                event,
                status,
                amount,
                currency,
                transaction,
                timestamp,
                attempt,
            }
        },
    )
}

/// An event and its money, which may be left out where none moves.
fn what(
    topic: &Topic,
) -> impl Strategy<Value = (&'static str, (&'static str, &'static str))> + use<> {
    let unfit = select(&[("10", "XXX"), ("{amount}", "USD")]);
    let money = prop_oneof![14 => select(topic.money.clone()), 1 => unfit];
    (select(topic.events.clone()), money, any::<bool>()).prop_map(|(event, money, is_bare)| {
        let may_be_bare = matches!(event, "lead" | "registration");
        (
            event,
            if is_bare && may_be_bare {
                ("", "")
            } else {
                money
            },
        )
    })
}

/// Before its click, before the terms, in another month, of the future, under the second terms.
fn timestamp() -> impl Strategy<Value = Option<i64>> {
    let told = select(&[60, -3_600, -29 * 86_400, -40 * 86_400, 100_000, 250_000]);
    prop::option::weighted(0.4, told)
}

fn act(topic: &Topic) -> impl Strategy<Value = Act> + use<> {
    prop_oneof![
        6 => prop::collection::vec((sent(topic), 0_u8..3), 1..4).prop_map(Act::Deliver),
        2 => any::<usize>().prop_map(Act::Approve),
        1 => any::<usize>().prop_map(Act::Reject),
        2 => any::<usize>().prop_map(Act::Undo),
        1 => (0..CLICKS.len()).prop_map(Act::Click),
    ]
}

/// Acts at once. Some are done by several writers together: copies of one delivery, two people who
/// decide the same flag, one click in two imports.
fn round(topic: &Topic) -> impl Strategy<Value = Round> + use<> {
    let elapsed = select(&[0, 0, 1, 60, 3_600, 30_000, 90_000, -7_200]);
    let is_restart = prop::bool::weighted(0.1);
    let acts = prop_oneof![
        3 => prop::collection::vec(act(topic), 1..4),
        1 => act(topic).prop_map(|act| vec![act.clone(), act.clone(), act]),
    ];
    (elapsed, is_restart, acts).prop_map(|(elapsed, is_restart, acts)| Round {
        elapsed,
        is_restart,
        acts,
    })
}

/// A whole story.
pub(super) fn story() -> impl Strategy<Value = Vec<Round>> {
    topic().prop_flat_map(|topic| prop::collection::vec(round(&topic), 1..20))
}
