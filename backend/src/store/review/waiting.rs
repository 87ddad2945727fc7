//! The queue of flags that wait for a decision.

use std::fmt;
use std::str::FromStr;

use postern_protocol::currency::Currency;
use postern_protocol::event::EventKind;
use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use thiserror::Error;
use uuid::Uuid;

use crate::ledger::{FlagId, FlagReason, Reported, State};

/// Flags in one page where nothing else is asked for.
pub const WAITING_DEFAULT: u32 = 50;

/// Flags in one page at most.
pub const MAX_WAITING: u32 = 1_000;

/// Which of the flags that wait are asked for: those that fit all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingFilter {
    /// Raised for this reason.
    pub reason: Option<FlagReason>,
    /// About what this partner reports.
    pub partner: Option<PartnerId>,
    /// Raised before this time.
    pub raised_before: Option<UnixSeconds>,
    /// About at least so much, in that currency.
    pub at_least: Option<Money>,
}

/// What comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WaitingOrder {
    /// The oldest delivery.
    #[default]
    Age,
    /// The largest amount, currency by currency; what has no amount comes last.
    Amount,
}

/// A flag that waits, with what a list shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFlag {
    /// What names it.
    pub id: FlagId,
    /// The click.
    pub clickid: String,
    /// The conversion to look at.
    pub conversion: Uuid,
    /// When it was raised.
    pub raised_at: UnixSeconds,
    /// Who reports it.
    pub partner: String,
    /// What happened.
    pub event: EventKind,
    /// The conversion's state.
    pub state: State,
    /// What the flagged delivery reported, where the flag is not about the opening.
    pub reported: Option<Reported>,
}

impl WaitingFlag {
    /// The amount the decision is about.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        let reported = self.reported.as_ref().and_then(|it| it.state.money);
        reported.or(self.state.money)
    }

    /// Where the page after this flag begins.
    #[must_use]
    pub fn cursor(&self, order: WaitingOrder) -> WaitingCursor {
        WaitingCursor {
            place: match order {
                WaitingOrder::Age => WaitingPlace::Age,
                WaitingOrder::Amount => WaitingPlace::Money(self.money()),
            },
            flag: self.id,
        }
    }
}

/// A place in the queue: the flag a page ended with, and what it was ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingCursor {
    pub(in crate::store) place: WaitingPlace,
    pub(in crate::store) flag: FlagId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum WaitingPlace {
    Age,
    Money(Option<Money>),
}

/// A text that is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no cursor of this list: pass on what the last page gave, or leave it out to begin anew")]
pub struct NoCursor;

impl WaitingCursor {
    /// The order the list was in.
    #[must_use]
    pub const fn order(&self) -> WaitingOrder {
        match self.place {
            WaitingPlace::Age => WaitingOrder::Age,
            WaitingPlace::Money(_) => WaitingOrder::Amount,
        }
    }
}

impl fmt::Display for WaitingCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            WaitingPlace::Age => write!(f, "age")?,
            WaitingPlace::Money(None) => write!(f, "none")?,
            WaitingPlace::Money(Some(money)) => {
                write!(f, "{}{}", money.minor(), money.currency().code())?;
            }
        }
        write!(f, "/{}", self.flag)
    }
}

impl FromStr for WaitingCursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (place, flag) = text.split_once('/').ok_or(NoCursor)?;
        let place = match place {
            "age" => WaitingPlace::Age,
            "none" => WaitingPlace::Money(None),
            money => WaitingPlace::Money(Some(money_of(money).ok_or(NoCursor)?)),
        };
        Ok(Self {
            place,
            flag: flag.parse().map_err(|_| NoCursor)?,
        })
    }
}

/// `5000USD` as the amount it stands for.
fn money_of(text: &str) -> Option<Money> {
    let (minor, code) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    Money::of_minor(minor.parse().ok()?, Currency::parse(code).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let flag: FlagId = "00000000-0000-0000-0000-000000000007/double_ftd"
            .parse()
            .unwrap();
        let money = |code| Money::of_minor(5_000, Currency::parse(code).unwrap());
        for place in [
            WaitingPlace::Age,
            WaitingPlace::Money(None),
            WaitingPlace::Money(money("USD")),
            WaitingPlace::Money(money("USDT")),
        ] {
            let cursor = WaitingCursor { place, flag };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in [
            "",
            "7",
            "x/y",
            &format!("12XXX/{flag}"),
            &format!("USD/{flag}"),
            "7/7/7",
        ] {
            assert_eq!(text.parse::<WaitingCursor>(), Err(NoCursor), "{text}");
        }
    }
}
