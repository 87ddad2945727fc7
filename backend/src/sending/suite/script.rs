//! What is sent, in its order, and what each step should be answered.

use postern_protocol::money::AmountUnit;

use super::Expected;
use super::step::{Step, Twist, text};
use crate::ledger::{FlagReason, Verdict};
use crate::sandbox::{TEST_CLICK_PREFIX, TEST_OLD_CLICK_PREFIX};
use crate::sending::Pair;

/// Makes steps of one run: its clicks are its own, so that a run never meets an earlier one.
struct Pen<'a> {
    run: &'a str,
    now: i64,
    fifty: &'static str,
    seventy: &'static str,
}

const SIGNATURE: &str = "do as `causes` says; `postern snippet` prints a program that signs right";
const FIELDS: &str =
    "the answer's `fields` names what is expected; the guide has a row for each field";
const UNIT: &str = "amounts are read in the unit agreed on: run this again with --unit minor if you \
    send cents, or have the operator set `amount_unit`";
const CLOCK: &str = "X-RS-Timestamp is now in unix seconds, and signed as `<time>.<text>`; set your \
    clock by NTP";
const LEAD: &str = "event=lead status=approved";
const GATE: &str = "tell the operator: this gate does not answer as its guide says";

/// The steps of a run named `run`, at `now` in unix seconds, with amounts in `unit`.
#[must_use]
pub fn script(run: &str, now: i64, unit: AmountUnit) -> Vec<Step> {
    let (fifty, seventy) = match unit {
        AmountUnit::Major => ("50.00", "70.00"),
        AmountUnit::Minor => ("5000", "7000"),
    };
    let pen = Pen {
        run,
        now,
        fifty,
        seventy,
    };
    let parts = [
        pen.signatures(),
        pen.kinds(),
        pen.repeats(),
        pen.clicks(),
        pen.moves(),
        pen.mistakes(),
    ];
    parts.into_iter().flatten().collect()
}

impl Pen<'_> {
    /// A step of an event about a click of this run.
    fn step(
        &self,
        (name, title): (&'static str, &'static str),
        click: &str,
        event: &str,
        expects: Expected,
        advice: &'static str,
    ) -> Step {
        let clickid = match click {
            "{clickid}" => click.to_owned(),
            click => format!("{TEST_CLICK_PREFIX}{}-{click}", self.run),
        };
        let mut fields = vec![text("clickid", &clickid)];
        fields.extend(event.split(' ').filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = match value {
                "FIFTY" => self.fifty,
                "SEVENTY" => self.seventy,
                value => value,
            };
            Some(text(name, value))
        }));
        if !event.contains("timestamp=") {
            fields.push(text("timestamp", &self.now.to_string()));
        }
        fields.push(text("test", "1"));
        Step {
            name,
            title,
            expects,
            advice,
            fields,
            twist: Twist::None,
        }
    }

    fn signatures(&self) -> Vec<Step> {
        let lead = |name, twist, expects, advice| Step {
            twist,
            ..self.step(name, "signed", LEAD, expects, advice)
        };
        let refused = || Expected::Refused(401, "unauthorized");
        let accepted = Expected::kept(Verdict::Accepted);
        let known = Expected::kept(Verdict::Duplicate);
        let doctor = ("signature", "the signature doctor is asked");
        let timed = ("timed", "the same lead with a signed time");
        let stale = ("stale", "a signed time of two days ago");
        let forged = ("forged", "a forged signature");
        vec![
            lead(doctor, Twist::Doctor, Expected::Fits, SIGNATURE),
            lead(("lead", "a lead"), Twist::None, accepted, SIGNATURE),
            lead(forged, Twist::Forged, refused(), GATE),
            lead(timed, Twist::Timed, known, CLOCK),
            lead(stale, Twist::Stale, refused(), GATE),
        ]
    }

    fn kinds(&self) -> Vec<Step> {
        let accepted = || Expected::kept(Verdict::Accepted);
        let fifty = || Expected::read_as(Verdict::Accepted, "50.00", "USD");
        vec![
            self.step(
                ("registration", "a registration"),
                "player",
                "event=registration status=approved geo=DE sub_id_1=suite",
                accepted(),
                FIELDS,
            ),
            self.step(
                ("ftd", "a first deposit of 50.00 USD"),
                "player",
                "event=ftd status=approved amount=FIFTY currency=USD payment_method=card \
                 transaction_id=first",
                fifty(),
                UNIT,
            ),
            self.step(
                ("redeposit", "a further deposit of 50.00 USD"),
                "player",
                "event=redeposit status=approved amount=FIFTY currency=USD transaction_id=second",
                fifty(),
                UNIT,
            ),
            self.step(
                ("cashout", "a withdrawal of 50.00 USD"),
                "player",
                "event=cashout status=approved amount=FIFTY currency=USD transaction_id=out",
                fifty(),
                UNIT,
            ),
            self.step(
                ("rejected", "a deposit the bank refused"),
                "player",
                "event=rejected status=rejected reason=declined transaction_id=third",
                accepted(),
                FIELDS,
            ),
        ]
    }

    fn repeats(&self) -> Vec<Step> {
        vec![
            self.step(
                ("duplicate", "the registration once more"),
                "player",
                "event=registration status=approved geo=DE sub_id_1=suite",
                Expected::kept(Verdict::Duplicate),
                GATE,
            ),
            self.step(
                ("double_ftd", "a second first deposit"),
                "player",
                "event=ftd status=approved amount=SEVENTY currency=USD transaction_id=other",
                Expected::flagged(FlagReason::DoubleFtd),
                GATE,
            ),
            self.step(
                ("future", "an event of the day after tomorrow"),
                "future",
                &format!(
                    "event=lead status=approved timestamp={}",
                    self.now + 2 * 86_400
                ),
                Expected::flagged(FlagReason::FutureEvent),
                GATE,
            ),
        ]
    }

    /// Leads whose click is amiss.
    fn clicks(&self) -> Vec<Step> {
        vec![
            Step {
                fields: Self::lead_of(&format!("{TEST_OLD_CLICK_PREFIX}{}-late", self.run)),
                ..self.step(
                    ("late", "a lead that comes too late after its click"),
                    "",
                    LEAD,
                    Expected::flagged(FlagReason::ExpiredClick),
                    GATE,
                )
            },
            Step {
                fields: Self::lead_of(&format!("suite-{}-nobody", self.run)),
                ..self.step(
                    ("unknown_click", "a click that nobody knows"),
                    "",
                    "event=lead status=approved",
                    Expected::flagged(FlagReason::UnknownClick),
                    GATE,
                )
            },
        ]
    }

    /// A lead of a click that is not one of this run's own.
    fn lead_of(clickid: &str) -> Vec<Pair> {
        vec![
            text("clickid", clickid),
            text("event", "lead"),
            text("status", "approved"),
            text("test", "1"),
        ]
    }

    fn moves(&self) -> Vec<Step> {
        // The last one differs from the second in its time: the same content would be a repeat.
        let ftd = |name, status: &str, later: i64, expects| {
            let at = self.now + later;
            let event = format!(
                "event=ftd status={status} amount=FIFTY currency=USD transaction_id=moves \
                 timestamp={at}"
            );
            self.step(name, "moves", &event, expects, GATE)
        };
        vec![
            ftd(
                ("pending", "a first deposit, pending"),
                "pending",
                0,
                Expected::read_as(Verdict::Accepted, "50.00", "USD"),
            ),
            ftd(
                ("approved", "the same, approved"),
                "approved",
                0,
                Expected::moved("pending", "approved"),
            ),
            ftd(
                ("taken_back", "the same, rejected"),
                "rejected",
                0,
                Expected::moved("approved", "rejected"),
            ),
            ftd(
                ("reapproved", "the same, approved after all"),
                "approved",
                1,
                Expected::flagged(FlagReason::Reapproved),
            ),
        ]
    }

    fn mistakes(&self) -> Vec<Step> {
        let wrong = |name, event: &str, expects| self.step(name, "wrong", event, expects, GATE);
        vec![
            wrong(
                ("no_amount", "a deposit without an amount"),
                "event=ftd status=approved currency=USD",
                Expected::Invalid("amount"),
            ),
            wrong(
                ("wrong_currency", "a currency that is none"),
                "event=ftd status=approved amount=FIFTY currency=XXX",
                Expected::Invalid("currency"),
            ),
            wrong(
                ("wrong_event", "an event that is none"),
                "event=deposit status=approved",
                Expected::Invalid("event"),
            ),
            wrong(
                ("comma_amount", "an amount with a comma, which is in doubt"),
                "event=ftd status=approved amount=1,500 currency=USD",
                Expected::kept(Verdict::Quarantined),
            ),
            wrong(
                ("negative_amount", "an amount below zero"),
                "event=cashout status=approved amount=-50 currency=USD transaction_id=minus",
                Expected::Invalid("amount"),
            ),
            self.step(
                ("macro", "a macro that nobody filled in"),
                "{clickid}",
                "event=lead status=approved",
                Expected::kept(Verdict::Quarantined),
                GATE,
            ),
        ]
    }
}
