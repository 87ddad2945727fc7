//! Reports people steer by: pure functions over rows the store has summed up.
//!
//! The store groups and counts; a report here turns those rows into steps, rates, balances and
//! recommendations, and a [`sheet`] turns it into a table or CSV. JSON is the report itself. The
//! same rows give the same bytes, always: nothing in here asks the time or draws a random number.
//!
//! Money is exact and each currency stands for itself; only ratios and their intervals are floats.

pub mod funnel;
pub mod payouts;
pub mod sources;
pub mod period;
pub mod sheet;
pub mod statistics;
mod sum;

pub use sum::{Sum, Sums};
