//! What a person and a machine are told of a history; what the stores hold is told in their suite.

use postern_protocol::event::{EventKind, Status};
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::Explanation;
use crate::agreement::{Rules, Terms, money_of};
use crate::ledger::{CLICK_LOG, Cause, Change, FlagId, FlagReason, Outcome, State};
use crate::payout::{Amount, PayoutKind, PayoutStep};
use crate::store::{
    ChangeRecord, Click, ConversionHistory, ConversionRecord, DecisionRecord, FlagRecord, History,
    PayoutRecord,
};
use crate::testing::click;

const OPENED: UnixSeconds = UnixSeconds(1_717_000_000);
const DAY: i64 = 86_400;

fn later(days: i64) -> UnixSeconds {
    UnixSeconds(OPENED.0 + days * DAY)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn deposit(status: Status, amount: &str) -> State {
    let money = Some(money_of(amount).expect(amount));
    State { status, money }
}

fn conversion() -> ConversionRecord {
    let state = deposit(Status::Approved, "50.00 USD");
    ConversionRecord {
        id: id(1),
        clickid: "c-1\u{1b}[2J".to_owned(),
        partner: "acme".to_owned(),
        identity: "ftd".to_owned(),
        ordinal: 0,
        event: EventKind::Ftd,
        status: state.status,
        money: state.money,
        geo: Some("DE".to_owned()),
        sub_id_1: None,
        sub_id_2: None,
        payment_method: None,
        transaction_id: None,
        occurred_at: OPENED,
        opened_at: OPENED,
        changed_at: Some(later(2)),
        revision: 3,
        blocking_flags: 0,
    }
}

fn line(number: u32, step: PayoutStep, amount: &str, days: i64, cause: Cause) -> PayoutRecord {
    let (sign, text) = match amount.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, amount),
    };
    let money = money_of(text).expect(text);
    PayoutRecord {
        conversion: id(1),
        number,
        partner: "acme".to_owned(),
        kind: PayoutKind::Cpa,
        step,
        amount: Amount {
            minor: sign * money.minor(),
            currency: money.currency(),
        },
        terms: Terms::new(Rules::paying_nothing(OPENED)).version().clone(),
        rule: "CPA 100.00 USD per ftd".to_owned(),
        cause,
        earned_at: OPENED,
        booked_at: later(days),
        due_at: later(days + 10),
    }
}

fn flag(reason: FlagReason, is_open: bool) -> FlagRecord {
    FlagRecord {
        conversion: id(1),
        delivery: id(1),
        reason,
        raised_at: OPENED,
        is_open,
        reported: None,
    }
}

fn decision(number: u128, reason: FlagReason, outcome: Outcome, days: i64) -> DecisionRecord {
    DecisionRecord {
        id: id(number),
        flag: FlagId {
            delivery: id(1),
            reason,
        },
        number: 0,
        clickid: "c-1".to_owned(),
        conversion: id(1),
        decided_at: later(days),
        outcome,
        decided_by: CLICK_LOG.to_owned(),
        note: String::new(),
    }
}

fn raised_by_the_decision() -> ChangeRecord {
    ChangeRecord {
        conversion: id(1),
        delivery: id(1),
        decision: Some(id(9)),
        changed_at: later(2),
        change: Change {
            from: deposit(Status::Approved, "40.00 USD"),
            to: deposit(Status::Approved, "50.00 USD"),
            revision: 2,
        },
        undoes: None,
        reason: None,
    }
}

/// Flagged for its click, healed, moved by a decision, and paid in two currencies.
fn healed_and_reviewed() -> History {
    let (healed, reviewed) = (Cause::Decision(id(8)), Cause::Decision(id(9)));
    let asked = DecisionRecord {
        decided_by: "Ada".to_owned(),
        note: "asked\nthem".to_owned(),
        ..decision(9, FlagReason::CurrencyChanged, Outcome::Approved, 2)
    };
    let click = Click {
        clicked_at: Some(UnixSeconds(OPENED.0 - 60)),
        cost: money_of("0.50 EUR").ok(),
        ..click("c-1", Some("acme"))
    };
    let known = ConversionHistory {
        conversion: conversion(),
        click: Some(click),
        deliveries: Vec::new(),
        changes: vec![raised_by_the_decision()],
        flags: vec![
            flag(FlagReason::UnknownClick, false),
            flag(FlagReason::SuspectedDuplicate, true),
        ],
        decisions: vec![
            decision(8, FlagReason::UnknownClick, Outcome::Healed, 1),
            asked,
        ],
        payouts: vec![
            line(0, PayoutStep::Booked, "100.00 USD", 1, healed),
            line(1, PayoutStep::ClawedBack, "-100.00 USD", 2, reviewed),
            line(2, PayoutStep::Booked, "90.00 EUR", 2, reviewed),
        ],
        terms: vec![Terms::new(Rules::paying_nothing(OPENED))],
        caps: Vec::new(),
    };
    History {
        delivery: None,
        conversion: Some(known),
    }
}

#[test]
fn people_read_a_page_in_which_nothing_moves_the_cursor() {
    let page = Explanation::of(&healed_and_reviewed(), later(11)).to_string();
    insta::assert_snapshot!(page);
    let moves = |c: char| c.is_control() && c != '\n';
    assert!(!page.contains(moves), "{page:?}");
}

#[test]
fn machines_read_json_with_stable_names() {
    insta::assert_snapshot!(Explanation::of(&healed_and_reviewed(), later(11)).to_json());
}
