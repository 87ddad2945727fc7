//! How sure a rate and a sum are.
//!
//! A rate – so many of so many clicks – gets the *Wilson score* interval, which stays honest for
//! few clicks and for rates near zero.
//!
//! A source's revenue is a sum over the few clicks that paid, each its own amount: a sum of Poisson
//! counts, weighted by amounts. It gets the *gamma* interval of Fay and Feuer (1997), made for just
//! such sums; it takes for granted that the next payment may be as large as the largest seen, so
//! it is wide while little is known. A normal interval would call three lucky deposits a proof.
//! Clicks that cost us more than they earned (cash-outs after a shared deposit) are a sum of their
//! own; the difference of the two is bounded as Zou and Donner (2008) do ("MOVER").
//!
//! Both are checked against a simulation in the tests: whatever the truth is, the interval misses
//! it in about one case of twenty or less.

mod earnings;
mod rate;
#[cfg(test)]
mod simulation;

pub use earnings::{Bounds, Earnings, Moments, Weights};
pub use rate::wilson;

/// The two-sided 97.5 % quantile of the normal distribution: 95 % lie within.
const Z_95: f64 = 1.959_963_984_540_054;

/// What may be missed on each side of an interval.
const TAIL: f64 = 0.025;
