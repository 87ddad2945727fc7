//! What became of a request, where a story knows which kind it must be.

use crate::decision::{Accepted, Decision, Diagnosed, Refused};
use crate::visit::Step;

pub(crate) fn decision(step: Step) -> Option<Decision> {
    match step {
        Step::Decide(decision) => Some(*decision),
        Step::Hold | Step::Follow => None,
    }
}

#[track_caller]
pub(crate) fn accepted(decision: Decision) -> Accepted {
    match decision {
        Decision::Accepted(accepted) => accepted,
        other => panic!("not accepted: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn refused(decision: Decision) -> Refused {
    match decision {
        Decision::Refused(refused) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn diagnosed(decision: Decision) -> Diagnosed {
    match decision {
        Decision::Diagnosed(diagnosed) => diagnosed,
        other => panic!("not diagnosed: {other:?}"),
    }
}

/// A refusal's code and the reason the access log has for it.
#[track_caller]
pub(crate) fn why(decision: Decision) -> (&'static str, &'static str) {
    let refused = refused(decision);
    (refused.refusal.code(), refused.reason)
}
