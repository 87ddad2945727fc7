//! `GET /admin/deliveries`, `GET /admin/deliveries/{id}`: the delivery log.

use std::mem::take;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use postern_protocol::id::PartnerId;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Admin;
use super::page::{Page, PageParams, Paging};
use super::path::Id;
use super::problem::{Kind, Problem};
use super::query::{FromQuery, Nothing, Parameters, Query};
use super::shape::{self, Moment, Raw};
use crate::ledger::Verdict;
use crate::store::{DeliveryFilter, DeliveryRecord, Span};

/// Which deliveries are listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Asked` reads")]
pub(super) struct Params {
    /// Who sent them.
    partner: Option<String>,
    /// What became of them: accepted, duplicate, updated, flagged, quarantined or invalid.
    verdict: Option<String>,
    /// true: only tests; false: only live deliveries.
    test: Option<String>,
    /// Received then or later: a day, or a time with its zone.
    from: Option<String>,
    /// Received before that: a day, or a time with its zone.
    until: Option<String>,
}

/// What is asked for.
pub(super) struct Asked {
    filter: DeliveryFilter,
    paging: Paging,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let filter = DeliveryFilter {
            partner: query.take("partner", partner),
            verdict: query.take("verdict", |text| {
                shape::word(text, &Verdict::ALL, Verdict::name)
            }),
            is_test: query.take("test", is_test),
            received: span(query),
        };
        let paging = Paging::read(query)?;
        Some(Self { filter, paging })
    }
}

pub(crate) fn partner(text: &str) -> Result<PartnerId, String> {
    PartnerId::parse(text).map_err(|error| error.to_string())
}

pub(crate) fn is_test(text: &str) -> Result<bool, String> {
    text.parse()
        .map_err(|_| "must be true for tests or false for live deliveries".to_owned())
}

pub(crate) fn span(query: &mut Parameters<'_>) -> Span {
    let span = Span {
        from: query.take("from", shape::moment),
        until: query.take("until", shape::moment),
    };
    if let Span {
        from: Some(from),
        until: Some(until),
    } = span
        && from >= until
    {
        query.wrong("until", "must be later than `from`");
    }
    span
}

/// A delivery: one verified request, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Delivery {
    /// The id in its answer.
    id: Uuid,
    /// When it was received.
    received_at: Moment,
    /// Who sent it.
    partner: String,
    /// The click it names; empty where it names none.
    clickid: String,
    /// What became of it.
    #[schema(example = "accepted")]
    verdict: &'static str,
    /// The first delivery of the same content, if this is not it.
    repeat_of: Option<Uuid>,
    /// The conversion it is about.
    conversion: Option<Uuid>,
    /// The flags it raised.
    #[schema(value_type = Vec<String>)]
    flags: Vec<serde_json::Value>,
    /// The warnings it was answered with.
    #[schema(value_type = Vec<String>)]
    warnings: Vec<serde_json::Value>,
    /// What is wrong or doubtful in its fields.
    #[schema(value_type = Vec<Object>)]
    errors: Vec<serde_json::Value>,
    /// Which of the partner's secrets signed it.
    key_id: String,
    /// Which form the signature matched.
    form: String,
    /// From where it came.
    address: String,
    /// As in the edge's log; empty where the edge gave none.
    request_id: String,
    /// Where it is a test, how it would appear; a test counts nowhere. None: it is a live one.
    #[schema(value_type = Option<crate::sandbox::Outlook>)]
    test: Option<Box<RawValue>>,
}

/// A delivery with its request as it came.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryWithRequest {
    #[serde(flatten)]
    delivery: Delivery,
    /// The request as it came.
    request: Request,
}

/// A request as it came.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Request {
    /// GET or POST.
    method: String,
    /// The header as sent.
    content_type: Option<String>,
    /// The raw query.
    query: Raw,
    /// The raw body.
    body: Raw,
}

impl From<DeliveryRecord> for Delivery {
    fn from(record: DeliveryRecord) -> Self {
        Self {
            id: record.id,
            received_at: record.received_at.into(),
            partner: record.partner,
            clickid: record.clickid,
            verdict: record.verdict.name(),
            repeat_of: record.repeat_of,
            conversion: record.conversion,
            flags: shape::list(record.flags.as_deref()),
            warnings: shape::list(record.warnings.as_deref()),
            errors: shape::list(record.errors.as_deref()),
            key_id: record.key_id,
            form: record.form,
            address: record.address,
            request_id: record.request_id,
            // It was written as JSON.
            test: record.test.and_then(|it| RawValue::from_string(it).ok()),
        }
    }
}

/// Deliveries, newest first
///
/// Every verified request, duplicates and refused ones too.
#[utoipa::path(
    get, path = "/admin/deliveries", tag = "deliveries",
    params(Params, PageParams),
    responses((status = 200, body = Page<Delivery>), Problem),
)]
pub(super) async fn list(
    State(admin): State<Arc<Admin>>,
    Query(Asked { filter, paging }): Query<Asked>,
) -> Result<Json<Page<Delivery>>, Problem> {
    let rows = admin.store.list_deliveries(&filter, paging.slice()).await?;
    Ok(Json(paging.page(rows, |row| row.id)))
}

/// A delivery with its raw request
#[utoipa::path(
    get, path = "/admin/deliveries/{id}", tag = "deliveries",
    params(("id" = Uuid, Path, description = "The id in its answer")),
    responses((status = 200, body = DeliveryWithRequest), Problem),
)]
pub(super) async fn one(
    State(admin): State<Arc<Admin>>,
    Id(id): Id,
    _: Query<Nothing>,
) -> Result<Json<DeliveryWithRequest>, Problem> {
    let record = admin.store.delivery(id).await?;
    let mut record =
        record.ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no delivery {id}")))?;
    let request = Request {
        method: take(&mut record.method),
        content_type: take(&mut record.content_type),
        query: take(&mut record.query).into(),
        body: take(&mut record.body).into(),
    };
    Ok(Json(DeliveryWithRequest {
        delivery: record.into(),
        request,
    }))
}
