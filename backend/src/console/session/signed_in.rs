//! The person at a page.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::draft::Draft;
use crate::admin::{Role, TokenName};
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{Area, Page};
use crate::console::visit::Visit;

/// The person who is logged in. A page that takes it is shown to nobody else.
#[derive(Clone)]
pub(in crate::console) struct Session {
    /// Under which name they decide.
    pub(in crate::console) name: TokenName,
    /// What they may do.
    pub(in crate::console) role: Role,
    visit: Visit,
}

impl Session {
    /// Goes on where the role is enough.
    ///
    /// # Errors
    /// A page that names the role it takes.
    pub(in crate::console) fn require(&self, needed: Role) -> Result<(), Failed> {
        if self.may(needed) {
            return Ok(());
        }
        Err(Failed::RoleNeeded {
            needed,
            has: self.role,
        })
    }

    /// Whether the role is enough: what a page need not offer to the others.
    pub(in crate::console) fn may(&self, needed: Role) -> bool {
        self.role >= needed
    }

    /// What this person had written on a page when the session before this one had ended, once.
    pub(in crate::console) fn takes_draft(&self, console: &Console, path: &str) -> Option<Draft> {
        let person = self.visit.person.as_ref()?;
        console.sessions.take_draft(&person.cookie, path)
    }

    /// The frame of a page: `title` is in the window's title and the page's heading.
    pub(in crate::console) fn page(&self, area: Area, title: impl Into<String>) -> Page {
        Page::of(&self.visit, Some(area), title.into())
    }
}

impl FromRequestParts<Arc<Console>> for Session {
    type Rejection = Failed;

    /// [`crate::console::guard`] has found out who it is.
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Console>) -> Result<Self, Failed> {
        let visit = parts.extensions.get::<Visit>();
        let signed_in = visit.and_then(|visit| Some((visit, visit.person.as_ref()?)));
        let (visit, person) = signed_in.ok_or(Failed::SignedOut)?;
        Ok(Self {
            name: person.name.clone(),
            role: person.role,
            visit: visit.clone(),
        })
    }
}
