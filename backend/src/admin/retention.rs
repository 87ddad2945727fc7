//! `GET` and `POST /admin/retention`: old deliveries, and letting them go.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use postern_protocol::mistakes::Mistakes;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Admin;
use super::access::Administrator;
use super::body::Body;
use super::problem::Problem;
use super::query::{FromQuery, Nothing, Parameters, Query};
use crate::report::period::Day;
use crate::store::{Pruned, PrunedPart, StoreError};

/// Which deliveries are looked at.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Before` reads")]
pub(super) struct Params {
    /// Those received before this day, in UTC, as 2026-01-31.
    before: String,
}

/// The day before which deliveries are old.
pub(super) struct Before(Day);

impl FromQuery for Before {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let mut is_given = false;
        let day = query.take("before", |text| {
            is_given = true;
            day(text)
        });
        if !is_given {
            query.wrong("before", "is missing: received before which day?");
        }
        day.map(Self)
    }
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|error| error.to_string())
}

/// Which deliveries are to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToPrune {
    /// Those received before this day, in UTC.
    #[schema(example = "2026-01-31")]
    before: String,
    /// `true`: only say what would be removed.
    #[serde(default)]
    dry_run: bool,
}

/// What is removed, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Retention {
    /// Whether it is gone. If not, this is what would go.
    removed: bool,
    /// How many deliveries in all.
    deliveries: u64,
    /// Part by part, oldest first.
    parts: Vec<Part>,
    /// The month that the day lies in, where it is kept because months go only as a whole.
    #[schema(example = "2026-01")]
    kept: Option<String>,
}

/// Deliveries that go together.
#[derive(Debug, Serialize, ToSchema)]
struct Part {
    /// The month they were received in; null: whatever is older than the day and in no part of its
    /// own.
    #[schema(example = "2025-12")]
    month: Option<String>,
    /// How many.
    deliveries: u64,
}

impl Retention {
    fn of(pruned: &Pruned, removed: bool) -> Self {
        Self {
            removed,
            deliveries: pruned.deliveries(),
            parts: pruned.parts.iter().map(Part::from).collect(),
            kept: pruned.kept.map(|month| month.to_string()),
        }
    }
}

impl From<&PrunedPart> for Part {
    fn from(part: &PrunedPart) -> Self {
        Self {
            month: part.month.map(|month| month.to_string()),
            deliveries: part.deliveries,
        }
    }
}

/// How many deliveries are older than a day
///
/// Nothing is changed; `POST` removes them.
#[utoipa::path(
    get, path = "/admin/retention", tag = "retention",
    params(Params),
    responses((status = 200, body = Retention), Problem),
)]
pub(super) async fn show(
    State(admin): State<Arc<Admin>>,
    Query(Before(before)): Query<Before>,
) -> Result<Json<Retention>, Problem> {
    let pruned = admin.store.count_older(before, today(&admin)).await;
    Ok(Json(Retention::of(&pruned.map_err(refused)?, false)))
}

/// Remove the deliveries that are older than a day
///
/// What goes: the requests as they came. What stays: conversions, payouts, flags and decisions, and
/// the name of each content, so that even a late retry is answered as the first time. On PostgreSQL
/// months go as a whole. A request that breaks off may have removed a part; sent again, it goes on.
#[utoipa::path(
    post, path = "/admin/retention", tag = "retention", security(("token" = ["admin"])),
    request_body = ToPrune,
    responses((status = 200, body = Retention), Problem),
)]
pub(super) async fn prune(
    State(admin): State<Arc<Admin>>,
    Administrator(by): Administrator,
    _: Query<Nothing>,
    Body(asked): Body<ToPrune>,
) -> Result<Json<Retention>, Problem> {
    let before = day(&asked.before).map_err(|message| wrong_day(&message))?;
    if asked.dry_run {
        let pruned = admin.store.count_older(before, today(&admin)).await;
        return Ok(Json(Retention::of(&pruned.map_err(refused)?, false)));
    }
    let pruned = admin.store.prune(before, today(&admin)).await;
    let pruned = pruned.map_err(refused)?;
    let deliveries = pruned.deliveries();
    tracing::info!(%by, %before, deliveries, "old deliveries were removed over the admin API");
    Ok(Json(Retention::of(&pruned, true)))
}

fn today(admin: &Admin) -> Day {
    Day::of(admin.clock.unix_seconds())
}

fn wrong_day(message: &str) -> Problem {
    let mut mistakes = Mistakes::default();
    mistakes.add("before", message);
    Problem::invalid(&mistakes)
}

/// A day that is still to come is the client's mistake, anything else the store's.
fn refused(error: StoreError) -> Problem {
    match error {
        StoreError::NotYetReceived { .. } => wrong_day(&error.to_string()),
        error => error.into(),
    }
}
