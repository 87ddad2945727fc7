//! `GET /admin/explain/{id}`: from a delivery to each cent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::Admin;
use super::path::Id;
use super::problem::{Kind, Problem};
use super::query::{Nothing, Query};
use crate::explain::Explanation;

/// A delivery or a conversion, explained to each cent
///
/// The delivery, its event and click, what happened to the conversion and by whose word, and why
/// each line of money is what it is.
#[utoipa::path(
    get, path = "/admin/explain/{id}", tag = "conversions",
    params(("id" = Uuid, Path, description = "The id of a delivery, as it was answered, or of a conversion")),
    responses((status = 200, body = Explanation), Problem),
)]
pub(super) async fn one(
    State(admin): State<Arc<Admin>>,
    Id(id): Id,
    _: Query<Nothing>,
) -> Result<Json<Explanation>, Problem> {
    let history = admin.store.history(id).await?;
    let history = history.ok_or_else(|| {
        let detail = format!("there is no delivery and no conversion {id}");
        Problem::new(Kind::NotFound, detail)
    })?;
    Ok(Json(Explanation::of(&history, admin.clock.unix_seconds())))
}
