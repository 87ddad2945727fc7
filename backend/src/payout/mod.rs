//! Payouts: what a conversion earns, to the smallest unit, and why.
//!
//! Everything here is pure. [`due`] says what a conversion in its present state should have earned
//! by its terms. [`entries`] compares that with what is booked and gives the lines to append, so
//! that the ledger always adds up to what is due: an adjustment is the difference, and a claw-back
//! reverses exactly what was booked. [`month_balances`] says what of a partner's shares is paid out.

mod due;
mod entries;
mod month;
mod amount;
#[cfg(test)]
mod tests;

pub use amount::{Amount, divide_half_even};
pub use due::{Due, Earning, PayoutKind, due, takes_place};
pub use entries::{Booked, HELD_BACK, NO_LONGER_DUE, NewEntry, PayoutStep, entries};
pub use month::{MonthBalance, MonthNet, month_balances};
