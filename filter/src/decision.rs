//! What the gate can decide about a request: a closed set, carried out in one place, the adapter.

use crate::buckets::Limit;
use crate::partners::Partner;
use postern_protocol::answer::Refusal;
use postern_protocol::diagnose::Diagnosis;
use postern_protocol::id::KeyId;
use postern_protocol::sign::Form;
use std::rc::Rc;

/// The end of a request's walk through the gate.
#[derive(Debug)]
pub enum Decision {
    /// It goes on to the backend.
    Accepted(Accepted),
    /// It is answered here.
    Refused(Refused),
    /// Its signature was looked at and is explained here; nothing goes on.
    Diagnosed(Diagnosed),
}

/// A request to the signature doctor, and what it is told.
#[derive(Debug)]
pub struct Diagnosed {
    /// Whose it is.
    pub partner: Rc<Partner>,
    /// What it is told.
    pub diagnosis: Diagnosis,
}

/// A request whose partner, address, signature and rate are in order.
#[derive(Debug)]
pub struct Accepted {
    /// Whose it is.
    pub partner: Rc<Partner>,
    /// The secret that signed it.
    pub key: KeyId,
    /// The form it is signed in.
    pub form: Form,
    /// The proof header's value.
    pub proof: String,
}

/// A request that goes no further.
#[derive(Debug)]
pub struct Refused {
    /// What the caller is told.
    pub refusal: Refusal,
    /// What the access log is told; strangers never see it.
    pub reason: &'static str,
    /// Whose it is, as far as it was known.
    pub partner: Option<Rc<Partner>>,
    /// When to come back, where waiting helps.
    pub retry: Option<Retry>,
}

/// When a caller may come back, and the limit it ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Time until the next token.
    pub wait_nanos: u64,
    /// The limit.
    pub limit: Limit,
}

impl Decision {
    /// The decision's name in metrics: `accepted`, `diagnosed`, or the refusal's code.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Decision::Accepted(_) => "accepted",
            Decision::Refused(refused) => refused.refusal.code(),
            Decision::Diagnosed(_) => "diagnosed",
        }
    }

    /// Why, as the access log says it: `accepted`, `diagnosed`, or the refusal's reason.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Decision::Accepted(_) => "accepted",
            Decision::Refused(refused) => refused.reason,
            Decision::Diagnosed(_) => "diagnosed",
        }
    }

    /// Whose request it was, as far as it was known.
    #[must_use]
    pub fn partner(&self) -> Option<&Partner> {
        match self {
            Decision::Accepted(accepted) => Some(&accepted.partner),
            Decision::Refused(refused) => refused.partner.as_deref(),
            Decision::Diagnosed(diagnosed) => Some(&diagnosed.partner),
        }
    }
}

impl Refused {
    /// The same, of this partner's request.
    #[must_use]
    pub fn by(self, partner: &Rc<Partner>) -> Refused {
        let partner = Some(Rc::clone(partner));
        Refused { partner, ..self }
    }

    /// The same, with a reason for the access log that the refusal itself does not give.
    #[must_use]
    pub fn because(self, reason: &'static str) -> Refused {
        Refused { reason, ..self }
    }

    /// The same, saying when to come back.
    #[must_use]
    pub fn retry(self, wait_nanos: u64, limit: Limit) -> Refused {
        let retry = Some(Retry { wait_nanos, limit });
        Refused { retry, ..self }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        let reason = match &refusal {
            Refusal::Unreadable(cause) => cause.code(),
            _ => refusal.code(),
        };
        Refused {
            refusal,
            reason,
            partner: None,
            retry: None,
        }
    }
}
