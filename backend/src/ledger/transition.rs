//! How a conversion's state may move, and what goes to a person instead.

use postern_protocol::event::Status;
use postern_protocol::money::Money;

use super::verdict::FlagReason;

/// What can change in a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Approved, pending or rejected.
    pub status: Status,
    /// The amount, where the event has one.
    pub money: Option<Money>,
}

/// What a report does to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It says nothing new, or nothing that may be undone.
    Stay,
    /// It moves the conversion to this state.
    Move(State),
    /// It may not move the conversion by itself.
    Review(FlagReason),
}

/// The one table of transitions: the current state, the reported one, what follows.
pub(super) fn step(current: State, reported: State) -> Step {
    use Status::{Approved, Pending, Rejected};
    match (current.status, reported.status) {
        // Nothing returns to pending: such a report was overtaken on its way.
        (Approved | Rejected, Pending) | (Rejected, Rejected) => Step::Stay,
        (Rejected, Approved) => Step::Review(FlagReason::Reapproved),
        // What is taken back is what was booked, whatever amount the rejection names.
        (Approved | Pending, Rejected) => Step::Move(State {
            status: Rejected,
            money: current.money.or(reported.money),
        }),
        (Approved, Approved) if currency_differs(current, reported) => {
            Step::Review(FlagReason::CurrencyChanged)
        }
        (Approved, Approved) | (Pending, Pending | Approved) => {
            let next = State {
                status: reported.status,
                money: reported.money.or(current.money),
            };
            if next == current {
                Step::Stay
            } else {
                Step::Move(next)
            }
        }
    }
}

/// Whether `reported` is the next step of a conversion in `current`, rather than a new event.
pub(super) fn follows(current: Status, reported: Status) -> bool {
    use Status::{Approved, Pending, Rejected};
    matches!(
        (current, reported),
        (Pending, Approved | Rejected) | (Approved, Rejected)
    )
}

fn currency_differs(current: State, reported: State) -> bool {
    match (current.money, reported.money) {
        (Some(current), Some(reported)) => current.currency() != reported.currency(),
        _ => false,
    }
}
