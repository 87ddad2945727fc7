//! What partners sent in the last thirty days: visitors who registered, paid once or again, what was sent twice, what
//! was refused, what raises flags, and tests. The same in each run, but for when it ends.

use postern_protocol::time::UnixSeconds;

use super::chance::Chance;
use super::partners::{BUSY, CAST, QUIET, TRYOUT};

/// Thirty days of it.
pub(super) const SPAN: i64 = 30 * DAY;
pub(super) const DAY: i64 = 86_400;
const QUARTER: i64 = 900;
const MONTHS_SEED: u64 = 20_260_101;

/// The click that is named by far the most contents.
pub(super) const MANY: &str = "click-of-a-regular";
/// Contents of it, of a hundred thousand deliveries.
const MANY_CONTENTS: usize = 2_000;
/// Tests of them.
const TESTS: usize = 12_000;
const TESTS_OF_A_CLICK: usize = 4;
const EVENTS_OF_A_VISITOR: u64 = 7;

/// A visitor who came by a click.
pub(super) struct Visitor {
    pub(super) clickid: String,
    /// Whose visitor, by place in [`CAST`].
    pub(super) partner: usize,
    pub(super) clicked_at: i64,
    pub(super) log: Logged,
}

/// What the click log says of a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logged {
    AsItWas,
    /// It went to another partner.
    Foreign,
    Not,
}

/// One delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) at: i64,
    pub(super) partner: usize,
    pub(super) body: String,
    pub(super) is_test: bool,
}

/// All of it, in the order of time.
pub(super) struct Story {
    pub(super) now: UnixSeconds,
    pub(super) sent: Vec<Sent>,
    pub(super) visitors: Vec<Visitor>,
}

/// A story of so many deliveries that ends now.
pub(super) fn told(deliveries: usize, now: UnixSeconds) -> Story {
    let mut telling = Telling {
        chance: Chance::new(MONTHS_SEED),
        now: now.0,
        sent: Vec::with_capacity(deliveries),
        visitors: Vec::new(),
    };
    let of = |count: usize| count * deliveries / 100_000;
    telling.many(of(MANY_CONTENTS));
    telling.tests(of(TESTS));
    while telling.sent.len() < deliveries {
        telling.visit();
    }
    telling.sent.truncate(deliveries);
    telling.sent.sort_by_key(|it| it.at);
    Story {
        now,
        sent: telling.sent,
        visitors: telling.visitors,
    }
}

struct Telling {
    chance: Chance,
    now: i64,
    sent: Vec<Sent>,
    visitors: Vec<Visitor>,
}

impl Telling {
    /// A visitor, and all that is reported of it.
    fn visit(&mut self) {
        let partner = self.partner();
        let clicked_at = self.moment(CAST[partner].id);
        let clickid = format!("{:016x}", self.chance.next());
        let log = match self.chance.below(100) {
            0..12 => Logged::Not,
            12..14 => Logged::Foreign,
            _ => Logged::AsItWas,
        };
        self.visitors.push(Visitor {
            clickid: clickid.clone(),
            partner,
            clicked_at,
            log,
        });
        let mut at = clicked_at + 5 + self.chance.seconds(600);
        self.send(at, partner, &registration(&clickid, at));
        if self.chance.is(55) {
            at += self.chance.seconds(DAY);
            self.first_deposit(at, partner, &clickid);
            for number in 0..self.chance.below(EVENTS_OF_A_VISITOR) {
                at += self.chance.seconds(DAY);
                self.later(at, partner, &clickid, number);
            }
        }
    }

    fn first_deposit(&mut self, at: i64, partner: usize, clickid: &str) {
        let amount = self.amount();
        let status = if self.chance.is(25) {
            "pending"
        } else {
            "approved"
        };
        let said = |status: &str, at: i64| paid(clickid, "ftd", status, &amount, None, at);
        self.send(at, partner, &said(status, at));
        if status == "pending" {
            let later = at + self.chance.seconds(DAY);
            let status = if self.chance.is(80) {
                "approved"
            } else {
                "rejected"
            };
            self.send(later, partner, &said(status, later));
        }
        if self.chance.is(3) {
            let again = self.amount();
            let later = at + self.chance.seconds(DAY);
            self.send(
                later,
                partner,
                &paid(clickid, "ftd", "approved", &again, None, later),
            );
        }
    }

    fn later(&mut self, at: i64, partner: usize, clickid: &str, number: u64) {
        let amount = self.amount();
        let transaction = format!("T-{clickid}-{number}");
        let body = match self.chance.below(100) {
            0..80 => paid(
                clickid,
                "redeposit",
                "approved",
                &amount,
                Some(&transaction),
                at,
            ),
            80..90 => paid(
                clickid,
                "cashout",
                "approved",
                &amount,
                Some(&transaction),
                at,
            ),
            90..94 => paid("{clickid}", "ftd", "approved", &amount, None, at),
            94..97 => paid(
                clickid,
                "redeposit",
                "approved",
                "{payout}",
                Some(&transaction),
                at,
            ),
            _ => paid(
                clickid,
                "redeposit",
                "done",
                &amount,
                Some(&transaction),
                at,
            ),
        };
        self.send(at, partner, &body);
    }

    /// One delivery, some twice. What would come after now has not come yet.
    fn send(&mut self, at: i64, partner: usize, body: &str) {
        let again = self.chance.is(6).then(|| at + 1 + self.chance.seconds(30));
        for at in std::iter::once(at)
            .chain(again)
            .filter(|at| *at <= self.now)
        {
            self.sent.push(Sent {
                at,
                partner,
                body: body.to_owned(),
                is_test: false,
            });
        }
    }

    /// One click of the busiest partner that pays again and again.
    fn many(&mut self, contents: usize) {
        let partner = place_of(BUSY);
        let clicked_at = self.now - 20 * DAY;
        self.visitors.push(Visitor {
            clickid: MANY.to_owned(),
            partner,
            clicked_at,
            log: Logged::Not,
        });
        for number in 0..contents {
            let at = clicked_at + self.chance.seconds(20 * DAY);
            let (amount, transaction) = (self.amount(), format!("T-{number}"));
            let body = paid(
                MANY,
                "redeposit",
                "approved",
                &amount,
                Some(&transaction),
                at,
            );
            self.send(at, partner, &body);
        }
    }

    /// A partner that tries things out.
    fn tests(&mut self, tests: usize) {
        let partner = place_of(TRYOUT);
        for number in 0..tests {
            let at = self.now - self.chance.seconds(8 * DAY);
            let clickid = format!("test-{}", number / TESTS_OF_A_CLICK);
            let transaction = format!("T-{number}");
            let amount = self.amount();
            let body = paid(
                &clickid,
                "redeposit",
                "approved",
                &amount,
                Some(&transaction),
                at,
            );
            let body = body.replacen('{', "{\"test\":1,", 1);
            self.sent.push(Sent {
                at,
                partner,
                body,
                is_test: true,
            });
        }
    }

    fn partner(&mut self) -> usize {
        let mut rest = self.chance.below(100);
        let mut place = 0;
        while let Some(cast) = CAST.get(place).filter(|cast| rest >= cast.weight) {
            rest -= cast.weight;
            place += 1;
        }
        place
    }

    /// A twentieth in the last quarter of an hour, a quarter in the last day. Who only tries things out, or is quiet,
    /// posted before.
    fn moment(&mut self, partner: &str) -> i64 {
        if partner == QUIET || partner == TRYOUT {
            return self.now - 20 * DAY - self.chance.seconds(SPAN - 20 * DAY);
        }
        let span = match self.chance.below(100) {
            0..5 => QUARTER,
            5..30 => DAY,
            _ => SPAN,
        };
        self.now - self.chance.seconds(span)
    }

    fn amount(&mut self) -> String {
        let cents = 500 + self.chance.below(50_000);
        format!("{}.{:02}", cents / 100, cents % 100)
    }
}

fn place_of(id: &str) -> usize {
    CAST.iter().position(|cast| cast.id == id).unwrap_or(0)
}

fn registration(clickid: &str, at: i64) -> String {
    format!(
        "{{\"clickid\":\"{clickid}\",\"event\":\"registration\",\"geo\":\"DE\",\"status\":\"approved\",\"timestamp\":{at}}}"
    )
}

fn paid(
    clickid: &str,
    event: &str,
    status: &str,
    amount: &str,
    transaction: Option<&str>,
    at: i64,
) -> String {
    let transaction =
        transaction.map_or_else(String::new, |it| format!(",\"transaction_id\":\"{it}\""));
    format!(
        "{{\"amount\":\"{amount}\",\"clickid\":\"{clickid}\",\"currency\":\"USD\",\"event\":\"{event}\",\"geo\":\"DE\",\
         \"payment_method\":\"card\",\"status\":\"{status}\",\"timestamp\":{at}{transaction}}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

    #[test]
    fn it_is_the_same_again_in_the_order_of_time_and_as_long_as_asked() {
        let (story, again) = (told(5_000, NOW), told(5_000, NOW));
        assert_eq!(story.sent, again.sent);
        assert_eq!(story.sent.len(), 5_000);
        assert!(story.sent.is_sorted_by_key(|it| it.at));
        assert!(
            story
                .sent
                .iter()
                .all(|it| it.at <= NOW.0 && it.at > NOW.0 - SPAN)
        );
    }

    #[test]
    fn it_has_something_of_each_kind() {
        let story = told(20_000, NOW);
        let saying = |word: &str| {
            story
                .sent
                .iter()
                .filter(|it| it.body.contains(word))
                .count()
        };
        for word in [
            "registration",
            "ftd",
            "redeposit",
            "cashout",
            "pending",
            "rejected",
            "\"{clickid}\"",
            "{payout}",
            "done",
        ] {
            assert!(saying(word) > 0, "{word}");
        }
        assert!(saying(MANY) >= 400);
        assert_eq!(story.sent.iter().filter(|it| it.is_test).count(), 2_400);
        for log in [Logged::AsItWas, Logged::Foreign, Logged::Not] {
            assert!(story.visitors.iter().any(|it| it.log == log), "{log:?}");
        }
        let quiet = story.sent.iter().filter(|it| CAST[it.partner].id == QUIET);
        assert!(quiet.clone().count() > 0);
        assert!(quiet.map(|it| it.at).all(|at| at < NOW.0 - 10 * DAY));
    }
}
