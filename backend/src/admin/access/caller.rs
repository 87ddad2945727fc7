//! Whose token a request carries, and whether its role is enough.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::admin::problem::{Kind, Problem};
use crate::admin::{Admin, Role, TokenName};

/// Whose token a request carries.
#[derive(Debug, Clone)]
pub(in crate::admin) struct Caller {
    pub(in crate::admin) name: TokenName,
    pub(in crate::admin) role: Role,
}

/// A caller who may decide flags.
pub(in crate::admin) struct Reviewer(pub(in crate::admin) TokenName);

/// A caller who may do everything.
pub(in crate::admin) struct Administrator(pub(in crate::admin) TokenName);

impl Caller {
    /// Goes on where the role is enough.
    pub(in crate::admin) fn require(self, needed: Role) -> Result<TokenName, Problem> {
        if self.role >= needed {
            return Ok(self.name);
        }
        let Self { name, role } = self;
        let detail = format!(
            "this needs a token of the role {needed}, and {name}'s has the role {role}; `postern admin token NAME --role {needed}` makes one"
        );
        Err(Problem::new(Kind::RoleNeeded, detail))
    }

    /// Who it is, as [`super::guard`] has found out.
    fn of(parts: &Parts) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>();
        caller.cloned().ok_or_else(|| {
            let detail = "send `Authorization: Bearer TOKEN`";
            Problem::new(Kind::Unauthorized, detail)
        })
    }
}

impl FromRequestParts<Arc<Admin>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Admin>) -> Result<Self, Problem> {
        Self::of(parts)
    }
}

impl FromRequestParts<Arc<Admin>> for Reviewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Admin>) -> Result<Self, Problem> {
        Caller::of(parts)?.require(Role::Reviewer).map(Self)
    }
}

impl FromRequestParts<Arc<Admin>> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Admin>) -> Result<Self, Problem> {
        Caller::of(parts)?.require(Role::Admin).map(Self)
    }
}
