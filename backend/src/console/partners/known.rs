//! A partner as it is applied: what was agreed, and how the edge lets it in.

use std::sync::Arc;

use postern_protocol::id::PartnerId;
use postern_protocol::limits::CLOCK_TOLERANCE_SECONDS_DEFAULT;
use postern_protocol::sign::FormSet;

use crate::agreement::Agreement;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::partners::at_edge::{self, AtEdge};

/// A partner that is applied.
pub(super) struct Known {
    pub(super) id: PartnerId,
    pub(super) agreement: Arc<Agreement>,
    /// `None` where the edge's part is elsewhere or does not name it.
    pub(super) at_edge: Option<AtEdge>,
}

impl Known {
    /// The partner of this name.
    pub(super) fn find(console: &Console, id: &str) -> Result<Self, Failed> {
        let missing = || Failed::NotFound(format!("partner {id}"));
        let id = PartnerId::parse(id).map_err(|_| missing())?;
        let admission = console.admin.admission.borrow().clone();
        let agreement = admission.agreements.get(&id).ok_or_else(missing)?.clone();
        let at_edge = at_the_edge(console).and_then(|mut all| all.remove(id.as_str()));
        Ok(Self {
            id,
            agreement,
            at_edge,
        })
    }

    /// The forms it may sign in.
    pub(super) fn forms(&self) -> FormSet {
        let pinned = self.at_edge.as_ref().and_then(|it| it.forms.as_ref());
        let named = pinned.map(|names| FormSet::from_names(names.iter().map(String::as_str)));
        // The edge's part is written by us, so all its words are known.
        named.and_then(Result::ok).unwrap_or_else(FormSet::all)
    }

    /// How far a signed time may be off, in seconds.
    pub(super) fn tolerance_seconds(&self) -> u32 {
        let told = self
            .at_edge
            .as_ref()
            .and_then(|it| it.clock_tolerance_seconds);
        told.and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(CLOCK_TOLERANCE_SECONDS_DEFAULT)
    }
}

type AllAtEdge = std::collections::BTreeMap<String, AtEdge>;

/// How the edge lets each partner in, where this backend sees the file that was applied to it.
pub(super) fn at_the_edge(console: &Console) -> Option<AllAtEdge> {
    at_edge::read(&console.admin.edge).unwrap_or_else(|error| {
        tracing::error!(%error, "the edge's part cannot be shown");
        None
    })
}
