//! The id in a path.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use postern_protocol::mistakes::Mistakes;
use uuid::Uuid;

use super::Admin;
use super::problem::Problem;

/// The `{id}` of a path.
pub(super) struct Id(pub(super) Uuid);

impl FromRequestParts<Arc<Admin>> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, admin).await;
        let text = path.iter().flatten().find(|(name, _)| *name == "id");
        let id = text.and_then(|(_, text)| Uuid::try_parse(text).ok());
        id.map(Self).ok_or_else(|| {
            let mut mistakes = Mistakes::default();
            mistakes.add(
                "id",
                "must be an id as 0190a7c2-7d8e-7cc3-98c4-dc0c0c07398f",
            );
            Problem::invalid(&mistakes)
        })
    }
}
