//! `GET /admin/conversions`, `GET /admin/conversions/{id}`: what became of the events.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use postern_protocol::event::{EventKind, Status};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Admin;
use super::deliveries::{partner, span};
use super::page::{Page, PageParams, Paging};
use super::path::Id;
use super::problem::{Kind, Problem};
use super::query::{FromQuery, Nothing, Parameters, Query};
use super::shape::{self, Moment};
use crate::report::Sum;
use crate::store::{ConversionFilter, ConversionRecord};

/// Which conversions are listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Asked` reads")]
pub(super) struct Params {
    /// Who reports them.
    partner: Option<String>,
    /// The click they belong to.
    clickid: Option<String>,
    /// What happened: registration, ftd, redeposit, lead, cashout or rejected.
    event: Option<String>,
    /// Their status now: approved, pending or rejected.
    status: Option<String>,
    /// Whether a flag keeps them from earning.
    blocked: Option<bool>,
    /// Opened then or later: a day, or a time with its zone.
    from: Option<String>,
    /// Opened before that: a day, or a time with its zone.
    until: Option<String>,
}

/// What is asked for.
pub(super) struct Asked {
    filter: ConversionFilter,
    paging: Paging,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let filter = ConversionFilter {
            partner: query.take("partner", partner),
            clickid: query.take("clickid", |text| Ok(text.to_owned())),
            event: query.take("event", |text| {
                shape::word(text, EventKind::ALL, EventKind::name)
            }),
            status: query.take("status", |text| {
                shape::word(text, Status::ALL, Status::name)
            }),
            is_blocked: query.take("blocked", |text| {
                text.parse().map_err(|_| "must be true or false".to_owned())
            }),
            opened: span(query),
        };
        let paging = Paging::read(query)?;
        Some(Self { filter, paging })
    }
}

/// A conversion: the fact that several deliveries may speak of, in its state now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Conversion {
    /// The delivery that opened it.
    id: Uuid,
    /// The click it belongs to.
    clickid: String,
    /// Who reports it.
    partner: String,
    /// Its name inside the click.
    #[schema(example = "redeposit/transaction/T-1")]
    identity: String,
    /// 0; counts on where only content names it and it came again.
    ordinal: u32,
    /// What happened.
    #[schema(example = "ftd")]
    event: &'static str,
    /// The status now.
    #[schema(example = "approved")]
    status: &'static str,
    /// The amount now.
    money: Option<Sum>,
    /// How many open flags keep it from earning.
    blocking_flags: u32,
    /// The country, as the delivery that opened it says.
    geo: Option<String>,
    /// First sub id.
    sub_id_1: Option<String>,
    /// Second sub id.
    sub_id_2: Option<String>,
    /// How the user paid.
    payment_method: Option<String>,
    /// The partner's own id of it.
    transaction_id: Option<String>,
    /// When it happened, as the partner says; else when it was received.
    occurred_at: Moment,
    /// When the delivery that opened it was received.
    opened_at: Moment,
    /// When it last changed.
    changed_at: Option<Moment>,
}

impl From<ConversionRecord> for Conversion {
    fn from(record: ConversionRecord) -> Self {
        Self {
            id: record.id,
            clickid: record.clickid,
            partner: record.partner,
            identity: record.identity,
            ordinal: record.ordinal,
            event: record.event.name(),
            status: record.status.name(),
            money: record.money.map(shape::sum),
            blocking_flags: record.blocking_flags,
            geo: record.geo,
            sub_id_1: record.sub_id_1,
            sub_id_2: record.sub_id_2,
            payment_method: record.payment_method,
            transaction_id: record.transaction_id,
            occurred_at: record.occurred_at.into(),
            opened_at: record.opened_at.into(),
            changed_at: record.changed_at.map(Moment::from),
        }
    }
}

/// Conversions, newest first
#[utoipa::path(
    get, path = "/admin/conversions", tag = "conversions",
    params(Params, PageParams),
    responses((status = 200, body = Page<Conversion>), Problem),
)]
pub(super) async fn list(
    State(admin): State<Arc<Admin>>,
    Query(Asked { filter, paging }): Query<Asked>,
) -> Result<Json<Page<Conversion>>, Problem> {
    let rows = admin
        .store
        .list_conversions(&filter, paging.slice())
        .await?;
    Ok(Json(paging.page(rows, |row| row.id)))
}

/// A conversion
#[utoipa::path(
    get, path = "/admin/conversions/{id}", tag = "conversions",
    params(("id" = Uuid, Path, description = "The delivery that opened it")),
    responses((status = 200, body = Conversion), Problem),
)]
pub(super) async fn one(
    State(admin): State<Arc<Admin>>,
    Id(id): Id,
    _: Query<Nothing>,
) -> Result<Json<Conversion>, Problem> {
    let record = admin.store.conversion(id).await?;
    let record = record.ok_or_else(|| {
        let detail = format!(
            "there is no conversion {id}; a conversion has the id of the delivery that opened it"
        );
        Problem::new(Kind::NotFound, detail)
    })?;
    Ok(Json(Conversion::from(record)))
}
