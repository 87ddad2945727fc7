//! One step of a run.

use super::Expected;
use crate::sending::{Pair, PairValue};

/// How old the signed time of the stale step is: beyond every tolerance a partner can have.
pub(super) const STALE_SECONDS: i64 = 2 * 86_400;

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its stable name.
    pub name: &'static str,
    /// What is sent, in plain words.
    pub title: &'static str,
    /// What it should be answered.
    pub expects: Expected,
    /// What to do where the answer is another one.
    pub advice: &'static str,
    pub(super) fields: Vec<Pair>,
    pub(super) twist: Twist,
}

/// What is done to a step's request besides signing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twist {
    /// Nothing.
    None,
    /// It is asked of the signature doctor, who keeps nothing.
    Doctor,
    /// Its signature is spoilt.
    Forged,
    /// It bears the present time, signed.
    Timed,
    /// The time it bears and signs is long past.
    Stale,
}

/// A field.
pub(super) fn text(name: &str, value: &str) -> Pair {
    Pair {
        name: name.to_owned(),
        value: PairValue::Text(value.to_owned()),
    }
}
