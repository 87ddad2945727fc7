//! A partner's months in one currency: what of the shares is paid out, and what a month below zero
//! leaves to the next.
//!
//! Cashouts are taken off, so a month may end below zero. Nobody is asked to pay that back: it is
//! either taken off the months that follow, or forgiven. Which of the two is agreed in the terms.

use crate::report::period::Month;

/// What a month's lines of RevShare add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthNet {
    /// The UTC month in which the lines were booked.
    pub month: Month,
    /// Their sum, in the currency's smallest unit.
    pub minor: i128,
    /// Whether the terms take what is below zero off the next month.
    pub carries_over: bool,
}

/// What becomes of a month. Always `carried_in + earned = payable + carried_out + forgiven`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthBalance {
    /// Which month.
    pub month: Month,
    /// What earlier months left to it: zero or below.
    pub carried_in: i128,
    /// What its own lines add up to.
    pub earned: i128,
    /// What is paid: zero or above.
    pub payable: i128,
    /// What it leaves to the next month: zero or below.
    pub carried_out: i128,
    /// What is below zero and taken off nothing: zero or below.
    pub forgiven: i128,
}

/// The balances of months in their order; a month without lines may be left out.
#[must_use]
pub fn month_balances(months: impl IntoIterator<Item = MonthNet>) -> Vec<MonthBalance> {
    let mut carried = 0;
    let mut balances = Vec::new();
    for net in months {
        let balance = balance(net, carried);
        carried = balance.carried_out;
        balances.push(balance);
    }
    balances
}

fn balance(net: MonthNet, carried_in: i128) -> MonthBalance {
    let stands = net.minor.saturating_add(carried_in);
    let below = stands.min(0);
    let (carried_out, forgiven) = match net.carries_over {
        true => (below, 0),
        false => (0, below),
    };
    MonthBalance {
        month: net.month,
        carried_in,
        earned: net.minor,
        payable: stands.max(0),
        carried_out,
        forgiven,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MonthBalance, MonthNet, month_balances};
    use crate::report::period::Day;

    fn month(number: i64, minor: i128, carries_over: bool) -> MonthNet {
        MonthNet {
            month: Day(number * 31).month(),
            minor,
            carries_over,
        }
    }

    fn told(balances: &[MonthBalance]) -> Vec<(i128, i128, i128)> {
        let told = balances.iter();
        told.map(|it| (it.payable, it.carried_out, it.forgiven))
            .collect()
    }

    #[test]
    fn a_month_below_zero_is_taken_off_the_next_ones() {
        let months = [100, -70, 30, 50, 20].map(|minor| (minor, true));
        let balances = month_balances((0..).zip(months).map(|(n, (m, c))| month(n, m, c)));
        assert_eq!(
            told(&balances),
            [
                (100, 0, 0),
                (0, -70, 0),
                (0, -40, 0),
                (10, 0, 0),
                (20, 0, 0)
            ]
        );
    }

    #[test]
    fn without_carrying_over_each_month_begins_anew() {
        let months = [100, -70, 30].map(|minor| (minor, false));
        let balances = month_balances((0..).zip(months).map(|(n, (m, c))| month(n, m, c)));
        assert_eq!(told(&balances), [(100, 0, 0), (0, 0, -70), (30, 0, 0)]);
    }

    #[test]
    fn terms_that_change_forgive_what_was_carried_until_then() {
        let balances =
            month_balances([month(0, -70, true), month(1, 20, false), month(2, 5, false)]);
        assert_eq!(told(&balances), [(0, -70, 0), (0, 0, -50), (5, 0, 0)]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_months(
            nets in prop::collection::vec((-1_000_i128..1_000, any::<bool>()), 0..24),
        ) {
            let balances = month_balances((0..).zip(nets).map(|(n, (m, c))| month(n, m, c)));
            let mut carried = 0;
            for it in &balances {
                prop_assert_eq!(it.carried_in, carried);
                prop_assert_eq!(it.carried_in + it.earned, it.payable + it.carried_out + it.forgiven);
                prop_assert!(it.payable >= 0 && it.carried_out <= 0 && it.forgiven <= 0);
                prop_assert!(it.payable == 0 || it.carried_out + it.forgiven == 0);
                carried = it.carried_out;
            }
        }
    }
}
