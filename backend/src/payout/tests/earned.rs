//! What conversions earn and lose, case by case.

use postern_protocol::event::{EventKind, Status};
use postern_protocol::geo::Geo;
use postern_protocol::time::UnixSeconds;

use super::{Ledger, approved, hybrid, money};
use crate::agreement::{CapReached, Rules};
use crate::payout::{Earning, NO_LONGER_DUE, PayoutKind, PayoutStep, due, takes_place};

#[test]
fn a_first_deposit_earns_both_and_a_claw_back_reverses_both() {
    let mut ledger = Ledger::default();
    let ftd = approved(EventKind::Ftd, "50.00 USD");
    assert_eq!(
        ledger.settle(1, &due(&hybrid(), &ftd, None)),
        "cpa booked 100.00 USD due on day 11: CPA 100.00 USD per ftd\n\
         revshare booked 12.50 USD due on day 11: RevShare 25 % of 50.00 USD"
    );
    assert_eq!(
        ledger.settle(2, &due(&hybrid(), &ftd, None)),
        "",
        "nothing is booked twice"
    );
    let rejected = Earning {
        status: Status::Rejected,
        ..ftd
    };
    assert_eq!(
        ledger.settle(3, &due(&hybrid(), &rejected, None)),
        format!(
            "cpa clawed_back -100.00 USD due on day 11: {NO_LONGER_DUE}\n\
             revshare clawed_back -12.50 USD due on day 11: {NO_LONGER_DUE}"
        )
    );
    assert_eq!(
        ledger.settle(20, &due(&hybrid(), &ftd, None)),
        "cpa booked 100.00 USD due on day 30: CPA 100.00 USD per ftd\n\
         revshare booked 12.50 USD due on day 30: RevShare 25 % of 50.00 USD",
        "approved once more, it is held once more"
    );
}

#[test]
fn what_is_pending_rejected_or_blocked_earns_nothing() {
    let ftd = approved(EventKind::Ftd, "50.00 USD");
    for earning in [
        Earning {
            status: Status::Pending,
            ..ftd
        },
        Earning {
            status: Status::Rejected,
            ..ftd
        },
        Earning {
            is_blocked: true,
            ..ftd
        },
    ] {
        assert_eq!(due(&hybrid(), &earning, None), [], "{earning:?}");
    }
}

#[test]
fn an_adjustment_is_the_difference_and_takes_back_what_is_due_last() {
    let mut ledger = Ledger::default();
    let of = |amount| due(&hybrid(), &approved(EventKind::Redeposit, amount), None);
    ledger.settle(1, &of("40.00 USD"));
    assert_eq!(
        ledger.settle(5, &of("100.00 USD")),
        "revshare adjusted 15.00 USD due on day 15: RevShare 25 % of 100.00 USD"
    );
    assert_eq!(
        ledger.settle(6, &of("20.00 USD")),
        "revshare adjusted -15.00 USD due on day 15: RevShare 25 % of 20.00 USD\n\
         revshare adjusted -5.00 USD due on day 11: RevShare 25 % of 20.00 USD"
    );
}

#[test]
fn another_currency_takes_back_the_one_and_books_the_other() {
    let mut ledger = Ledger::default();
    let of = |amount| due(&hybrid(), &approved(EventKind::Redeposit, amount), None);
    ledger.settle(1, &of("40.00 USD"));
    assert_eq!(
        ledger.settle(2, &of("30.00 EUR")),
        "revshare booked 7.50 EUR due on day 12: RevShare 25 % of 30.00 EUR\n\
         revshare clawed_back -10.00 USD due on day 11: taken back, paid in EUR instead"
    );
}

#[test]
fn a_cashout_is_taken_off_and_its_claw_back_gives_it_back() {
    let mut ledger = Ledger::default();
    let cashout = approved(EventKind::Cashout, "20.00 USD");
    assert_eq!(
        ledger.settle(1, &due(&hybrid(), &cashout, None)),
        "revshare booked -5.00 USD due on day 11: RevShare 25 % of a cashout of 20.00 USD, taken off"
    );
    assert_eq!(
        ledger.settle(2, &[]),
        format!("revshare clawed_back 5.00 USD due on day 11: {NO_LONGER_DUE}")
    );
}

#[test]
fn a_country_with_its_own_amount_earns_that() {
    let germany = Geo::parse("DE").ok();
    let earning = Earning {
        geo: germany,
        ..approved(EventKind::Ftd, "50.00 USD")
    };
    let due = due(&hybrid(), &earning, None);
    assert_eq!(due[0].amount, money("150.00 EUR").into());
    assert_eq!(due[0].rule, "CPA 150.00 EUR per ftd in DE");
}

#[test]
fn a_rule_that_says_no_is_written_once() {
    let small = approved(EventKind::Ftd, "19.99 USD");
    let foreign = approved(EventKind::Ftd, "900.00 EUR");
    for (earning, capped, told) in [
        (
            small,
            None,
            "no CPA: the deposit of 19.99 USD is below 20.00 USD",
        ),
        (
            foreign,
            None,
            "no CPA: the terms name no least deposit in EUR",
        ),
        (
            approved(EventKind::Ftd, "20.00 USD"),
            Some(CapReached::Day(5)),
            "no CPA: the cap of 5 a day is reached",
        ),
        (
            approved(EventKind::Lead, ""),
            Some(CapReached::Month(9)),
            "no CPA: the cap of 9 a month is reached",
        ),
    ] {
        let due = due(&hybrid(), &earning, capped);
        assert!(!takes_place(&due), "{told}");
        let mut ledger = Ledger::default();
        let lines = ledger.settle(1, &due);
        let line = format!("cpa booked 0.00 USD due on day 11: {told}");
        assert!(lines.contains(&line), "{lines}");
        assert_eq!(ledger.settle(2, &due), "", "{told}");
    }
}

#[test]
fn a_deposit_that_grows_above_the_least_earns_its_cpa_then() {
    let mut ledger = Ledger::default();
    ledger.settle(
        1,
        &due(&hybrid(), &approved(EventKind::Ftd, "19.99 USD"), None),
    );
    let grown = due(&hybrid(), &approved(EventKind::Ftd, "20.00 USD"), None);
    assert!(takes_place(&grown));
    let lines = ledger.settle(2, &grown);
    assert!(
        lines.contains("cpa booked 100.00 USD due on day 12"),
        "{lines}"
    );
}

#[test]
fn an_event_the_terms_do_not_pay_for_leaves_no_trace() {
    for kind in [EventKind::Registration, EventKind::Rejected] {
        assert_eq!(due(&hybrid(), &approved(kind, ""), None), [], "{kind}");
    }
    let nothing = Rules::paying_nothing(UnixSeconds(0));
    assert_eq!(
        due(&nothing, &approved(EventKind::Ftd, "50.00 USD"), None),
        []
    );
}

#[test]
fn names_read_back_as_themselves() {
    for kind in PayoutKind::ALL {
        assert_eq!(PayoutKind::parse(kind.name()), Some(kind));
    }
    for step in PayoutStep::ALL {
        assert_eq!(PayoutStep::parse(step.name()), Some(step));
    }
    assert_eq!(PayoutKind::parse("CPA"), None);
    assert_eq!(PayoutStep::parse(""), None);
}
