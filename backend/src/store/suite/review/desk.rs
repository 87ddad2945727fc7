//! A reviewer's desk: plays a story step by step and says in words what each step did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use crate::agreement::{Agreement, Agreements};
use crate::delivery::Delivery;
use crate::ledger::stories::{in_words, money};
use crate::ledger::{Answer, Decision, FlagId, Ruling};
use crate::payout::Amount;
use crate::store::place::{Kind, Place};
use crate::store::{Click, ConversionRecord, ReviewError, Store, WaitingFilter, WaitingOrder};
use crate::testing::{START, click, delivery};

/// Seconds after the start, what happens, and what comes of it.
///
/// What happens is a delivery in the words of the ledger's stories; `click <id>` with ` of <partner>`
/// or ` at <seconds>`; `approve`, `reject` or `undo` with a flag as `<delivery's number>/<reason>`; `queue`,
/// the flags that wait; `ledger`, the conversions as they stand; or `earned`, what each has earned.
pub(in crate::store::suite) type Step = (i64, &'static str, &'static str);

/// A story's name and its steps.
type Story = (&'static str, &'static [Step]);

/// Tells each story to a store of its own, under an agreement that pays nothing.
pub(in crate::store::suite) async fn tell_stories(kind: Kind, stories: &[Story]) {
    for story in stories {
        tell(Desk::open(kind).await, story).await;
    }
}

/// The same under an agreement that pays.
pub(in crate::store::suite) async fn tell_paid_stories(kind: Kind, stories: &[Story]) {
    for story in stories {
        tell(Desk::paid(kind).await, story).await;
    }
}

/// The same under an agreement that pays, with caps.
pub(in crate::store::suite) async fn tell_capped_stories(kind: Kind, stories: &[Story]) {
    for story in stories {
        tell(Desk::under(kind, money::agreement()).await, story).await;
    }
}

async fn tell(mut desk: Desk, (name, steps): &Story) {
    for (seconds, words, expected) in *steps {
        let became = desk.play(*seconds, words).await;
        assert_eq!(became, *expected, "{name}: {words}");
    }
}

/// A store with what has happened to it so far.
pub(in crate::store::suite) struct Desk {
    pub(in crate::store::suite) place: Place,
    pub(in crate::store::suite) store: Store,
    pub(in crate::store::suite) agreements: Agreements,
    pub(in crate::store::suite) deliveries: Vec<Delivery>,
    agreement: Arc<Agreement>,
    decided: u128,
}

impl Desk {
    pub(in crate::store::suite) async fn open(kind: Kind) -> Self {
        Self::under(kind, Arc::new(Agreement::default())).await
    }

    pub(in crate::store::suite) async fn paid(kind: Kind) -> Self {
        Self::under(kind, super::money::without_caps()).await
    }

    async fn under(kind: Kind, agreement: Arc<Agreement>) -> Self {
        let (place, store) = kind.store().await;
        super::super::with_click_log(&store).await;
        let acme = PartnerId::parse("acme").unwrap();
        Self {
            place,
            store,
            agreements: [(acme, (*agreement).clone())].into_iter().collect(),
            agreement,
            deliveries: Vec::new(),
            decided: 0,
        }
    }

    /// Does what the words say and tells what came of it.
    pub(in crate::store::suite) async fn play(&mut self, seconds: i64, words: &str) -> String {
        let now = UnixSeconds(START.0 + seconds);
        match words.split_once(' ') {
            Some(("click", click)) => self.click(click, now).await,
            Some(("approve", flag)) => self.decide(flag, Answer::Approve, "Ada", now).await,
            Some(("reject", flag)) => self.decide(flag, Answer::Reject, "Ada", now).await,
            Some(("undo", flag)) => self.decide(flag, Answer::Undo, "Ada", now).await,
            None if words == "queue" => self.queue().await,
            None if words == "ledger" => self.ledger().await,
            None if words == "earned" => self.earned().await,
            _ => self.deliver(seconds, words).await,
        }
    }

    async fn deliver(&mut self, seconds: i64, words: &str) -> String {
        let delivery = Delivery {
            agreement: self.agreement.clone(),
            ..delivery(seconds, words)
        };
        self.deliveries.push(delivery.clone());
        let entries = self.store.book(std::slice::from_ref(&delivery)).await;
        in_words(&entries.unwrap()[0], &self.deliveries, &delivery)
    }

    async fn click(&self, words: &str, now: UnixSeconds) -> String {
        let words: Vec<&str> = words.split(' ').collect();
        let after = |word| {
            let at = words.iter().position(|it| *it == word)?;
            words.get(at + 1).copied()
        };
        let clicked_at = after("at").map(|at| UnixSeconds(START.0 + at.parse::<i64>().unwrap()));
        let click = Click {
            clicked_at,
            ..click(words[0], after("of"))
        };
        self.store.import_clicks(&[click]).await.unwrap();
        let healed = self.store.heal(&[words[0]], &self.agreements, now).await;
        format!("{} healed", healed.unwrap())
    }

    /// Decides a flag and says what came of it.
    pub(in crate::store::suite) async fn decide(
        &mut self,
        flag: &str,
        answer: Answer,
        by: &str,
        now: UnixSeconds,
    ) -> String {
        self.decided += 1;
        let id = Uuid::from_u128(self.decided);
        let decision = Decision::new(self.flag(flag), answer, by, "seen").unwrap();
        let decided = self
            .store
            .review(&decision, &self.agreements, id, now)
            .await;
        match decided {
            Ok(ruling) => self.ruling(&ruling),
            Err(ReviewError::Unfit(unfit)) => {
                format!("unfit: {}", self.numbered(&unfit.to_string()))
            }
            Err(refused) => self.numbered(&refused.to_string()),
        }
    }

    /// `0/unknown_click` as the flag it means.
    pub(in crate::store::suite) fn flag(&self, words: &str) -> FlagId {
        let (number, reason) = words.split_once('/').unwrap();
        let delivery = self.deliveries[number.parse::<usize>().unwrap()].id;
        format!("{delivery}/{reason}").parse().unwrap()
    }

    fn ruling(&self, ruling: &Ruling) -> String {
        let mut words: Vec<String> = ruling
            .answers
            .iter()
            .map(|it| format!("{} {}", it.outcome.name(), it.flag))
            .collect();
        words.extend(ruling.moves.iter().map(|it| {
            let to = it.change.to;
            let money = to.money.map_or(String::new(), |money| format!(" {money}"));
            format!("{} is {}{money}", it.conversion, to.status)
        }));
        words.extend(
            ruling
                .opens
                .iter()
                .map(|it| format!("{} opened", it.conversion)),
        );
        words.extend(
            ruling
                .raises
                .iter()
                .map(|it| format!("{} raised", it.reason)),
        );
        self.numbered(&words.join(", "))
    }

    async fn queue(&self) -> String {
        let all = WaitingFilter::default();
        let waiting = self.store.waiting(&all, WaitingOrder::Age, None, 100).await;
        let ids = waiting.unwrap().into_iter().map(|flag| flag.id.to_string());
        self.numbered(&ids.collect::<Vec<_>>().join(", "))
    }

    fn clickids(&self) -> BTreeSet<&str> {
        self.deliveries.iter().map(|it| &*it.clickid).collect()
    }

    /// The sum of each conversion's payout entries, by kind and currency.
    async fn earned(&self) -> String {
        let mut sums: BTreeMap<_, i64> = BTreeMap::new();
        for clickid in self.clickids() {
            for entry in self.store.payouts(clickid).await.unwrap() {
                let Amount { minor, currency } = entry.amount;
                let account = (entry.conversion, entry.kind, currency.code());
                *sums.entry(account).or_default() += minor;
            }
        }
        let words = sums.into_iter().map(|((conversion, kind, code), minor)| {
            let currency = Currency::parse(code).unwrap();
            format!("{conversion} {kind} {}", Amount { minor, currency })
        });
        self.numbered(&words.collect::<Vec<_>>().join(", "))
    }

    async fn ledger(&self) -> String {
        let mut words = Vec::new();
        for clickid in self.clickids() {
            for conversion in self.store.conversions(clickid).await.unwrap() {
                words.push(self.conversion(&conversion).await);
            }
        }
        self.numbered(&words.join(", "))
    }

    async fn conversion(&self, conversion: &ConversionRecord) -> String {
        let money = conversion
            .money
            .map_or(String::new(), |it| format!(" {it}"));
        let blocked = match conversion.blocking_flags {
            0 => String::new(),
            flags => format!(" behind {flags}"),
        };
        let (id, event, status) = (conversion.id, conversion.event, conversion.status);
        format!("{id} {event} {status}{money}{blocked}")
    }

    /// Deliveries by their number in the story.
    fn numbered(&self, text: &str) -> String {
        let numbered = self.deliveries.iter().enumerate();
        numbered.fold(text.to_owned(), |text, (number, delivery)| {
            text.replace(&delivery.id.to_string(), &number.to_string())
        })
    }
}
