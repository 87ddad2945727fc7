//! What a path names: an id, a flag.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use postern_protocol::mistakes::Mistakes;
use uuid::Uuid;

use super::Admin;
use super::problem::Problem;
use super::shape;
use crate::ledger::{FlagId, FlagReason};

/// The `{id}` of a path.
pub(super) struct Id(pub(super) Uuid);

impl FromRequestParts<Arc<Admin>> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, admin).await;
        let text = path.iter().flatten().find(|(name, _)| *name == "id");
        let mut mistakes = Mistakes::default();
        let id = id("id", text.map(|(_, text)| text), &mut mistakes);
        let id = mistakes.unless_any(id.map(Self));
        id.map_err(|mistakes| Problem::invalid(&mistakes))
    }
}

/// The `{delivery}/{reason}` of a path.
pub(super) struct FlagPath(pub(super) FlagId);

impl FromRequestParts<Arc<Admin>> for FlagPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, admin).await;
        let named = |wanted| {
            let mut pairs = path.iter().flatten();
            let found = pairs.find(|(name, _)| *name == wanted);
            found.map(|(_, text)| text)
        };
        let mut mistakes = Mistakes::default();
        let delivery = id("delivery", named("delivery"), &mut mistakes);
        let reason = named("reason").unwrap_or_default();
        let reason = shape::word(reason, &FlagReason::ALL, FlagReason::name)
            .map_err(|message| mistakes.add("reason", message));
        let flag = delivery.zip(reason.ok());
        let flag = flag.map(|(delivery, reason)| Self(FlagId { delivery, reason }));
        let flag = mistakes.unless_any(flag);
        flag.map_err(|mistakes| Problem::invalid(&mistakes))
    }
}

fn id(name: &str, text: Option<&str>, mistakes: &mut Mistakes) -> Option<Uuid> {
    let id = text.and_then(|text| Uuid::try_parse(text).ok());
    if id.is_none() {
        mistakes.add(
            name,
            "must be an id as 0190a7c2-7d8e-7cc3-98c4-dc0c0c07398f",
        );
    }
    id
}
