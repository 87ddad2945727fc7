//! `GET /admin/reports/…`: what `postern report` prints, as JSON.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use utoipa::IntoParams;

use super::Admin;
use super::deliveries::partner;
use super::problem::{Kind, Problem};
use super::query::{FromQuery, Parameters, Query};
use super::shape;
use crate::rates::Rates;
use crate::report::funnel::Funnel;
use crate::report::payouts::Payouts;
use crate::report::period::{Day, Period};
use crate::report::sources::Sources;
use crate::store::{Dimension, FunnelQuery, PayoutQuery, SourceQuery, Stretch};

/// Over what a report goes.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Scope` reads")]
pub(super) struct ScopeParams {
    /// The first day, in UTC, as 2026-01-01.
    from: Option<String>,
    /// The last day; it is part of the report.
    to: Option<String>,
    /// Only this partner.
    partner: Option<String>,
}

/// Over what a report goes.
pub(super) struct Scope {
    pub(super) period: Period,
    pub(super) partner: Option<PartnerId>,
}

impl Scope {
    pub(super) fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let from = query.take("from", day);
        let to = query.take("to", day);
        let partner = query.take("partner", partner);
        let period = Period::of(from, to)
            .map_err(|error| query.wrong("to", error.to_string()))
            .ok()?;
        Some(Self { period, partner })
    }
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(text).map_err(|error| error.to_string())
}

/// Read anew for each report: the file is small, and people add days to it.
fn rates(admin: &Admin) -> Result<Rates, Problem> {
    Rates::load(&admin.rates).map_err(|error| {
        tracing::error!(%error, "the rates cannot be used");
        let detail = "the rates file cannot be used; the backend's log says why";
        Problem::new(Kind::Internal, detail)
    })
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|error| error.to_string())
}

/// How a funnel's rows are told apart.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `FunnelQuery` reads")]
pub(super) struct FunnelParams {
    /// Any of partner, source, geo and day, with commas between; empty for one row. Without it: by
    /// partner.
    by: Option<String>,
}

impl FromQuery for FunnelQuery {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = Scope::read(query);
        let by = query.take("by", dimensions);
        let Scope { period, partner } = scope?;
        Some(Self {
            period,
            partner,
            by: by.unwrap_or_else(|| vec![Dimension::Partner]),
            first: None,
        })
    }
}

fn dimensions(text: &str) -> Result<Vec<Dimension>, String> {
    let words = text.split(',').filter(|word| !word.is_empty());
    words
        .map(|word| shape::word(word, &Dimension::ALL, Dimension::name))
        .collect()
}

/// From clicks to deposits, step by step
///
/// A conversion counts where it is approved and no open flag keeps it back.
#[utoipa::path(
    get, path = "/admin/reports/funnel", tag = "reports",
    params(ScopeParams, FunnelParams),
    responses((status = 200, body = Funnel), Problem),
)]
pub(super) async fn funnel(
    State(admin): State<Arc<Admin>>,
    Query(asked): Query<FunnelQuery>,
) -> Result<Json<Funnel>, Problem> {
    let counted = admin.store.funnel(&asked).await?;
    Ok(Json(Funnel::of(&asked, &counted)))
}

/// How payouts are summed up.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `PayoutsAsked` reads")]
pub(super) struct PayoutsParams {
    /// month, day or whole; month unless told. Shares are balanced by month.
    by: Option<String>,
    /// What is due until the end of this UTC day counts as due; until now unless told.
    due: Option<String>,
    /// Convert each row into this currency by the rates file, and say which rate it was.
    r#in: Option<String>,
}

/// What is asked of payouts.
pub(super) struct PayoutsAsked {
    scope: Scope,
    by: Stretch,
    due: Option<Day>,
    into: Option<Currency>,
}

impl FromQuery for PayoutsAsked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = Scope::read(query);
        let stretches = [Stretch::Month, Stretch::Day, Stretch::Whole];
        let by = query.take("by", |text| shape::word(text, &stretches, stretch_name));
        let due = query.take("due", day);
        let into = query.take("in", currency);
        let (scope, by) = (scope?, by.unwrap_or_default());
        if by == Stretch::Month && !scope.period.is_of_whole_months() {
            query.wrong(
                "by",
                "shares are balanced by month: let `from` be a first and `to` a last of a month, or take day or whole",
            );
        }
        Some(Self {
            scope,
            by,
            due,
            into,
        })
    }
}

const fn stretch_name(stretch: Stretch) -> &'static str {
    match stretch {
        Stretch::Month => "month",
        Stretch::Day => "day",
        Stretch::Whole => "whole",
    }
}

/// What partners are owed: booked, held, clawed back, due
///
/// Each currency by itself; lines belong to the UTC day they were booked.
#[utoipa::path(
    get, path = "/admin/reports/payouts", tag = "reports",
    params(ScopeParams, PayoutsParams),
    responses((status = 200, body = Payouts), Problem),
)]
pub(super) async fn payouts(
    State(admin): State<Arc<Admin>>,
    Query(asked): Query<PayoutsAsked>,
) -> Result<Json<Payouts>, Problem> {
    let now = admin.clock.unix_seconds();
    let query = PayoutQuery {
        period: asked.scope.period,
        partner: asked.scope.partner,
        by: asked.by,
        now: asked
            .due
            .map_or(now, |day| UnixSeconds(day.next().start().0 - 1)),
    };
    let rates = rates(&admin)?;
    let rows = admin.store.payout_sums(&query).await?;
    let into = asked.into.map(|into| (into, &rates));
    Ok(Json(Payouts::of(&query, &rows, into)))
}

/// How sources are told apart and converted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `SourcesAsked` reads")]
pub(super) struct SourcesParams {
    /// Any of partner, source and geo, with commas between; by source unless told.
    by: Option<String>,
    /// Compute ROI in this currency by the rates file.
    r#in: Option<String>,
}

/// What is asked of sources.
pub(super) struct SourcesAsked {
    scope: Scope,
    by: Vec<Dimension>,
    into: Option<Currency>,
}

impl FromQuery for SourcesAsked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let scope = Scope::read(query);
        let by = query.take("by", source_dimensions);
        let into = query.take("in", currency);
        Some(Self {
            scope: scope?,
            by: by.unwrap_or_else(|| vec![Dimension::Source]),
            into,
        })
    }
}

/// A source is no day: its clicks of the whole period judge it.
fn source_dimensions(text: &str) -> Result<Vec<Dimension>, String> {
    let known = [Dimension::Partner, Dimension::Source, Dimension::Geo];
    let words = text.split(',');
    words
        .map(|word| shape::word(word, &known, Dimension::name))
        .collect()
}

/// What sources cost and earned, how sure that is, and what to do
///
/// `thresholds` are those of `[sources]` in the configuration.
#[utoipa::path(
    get, path = "/admin/reports/sources", tag = "reports",
    params(ScopeParams, SourcesParams),
    responses((status = 200, body = Sources), Problem),
)]
pub(super) async fn sources(
    State(admin): State<Arc<Admin>>,
    Query(asked): Query<SourcesAsked>,
) -> Result<Json<Sources>, Problem> {
    let query = SourceQuery {
        period: asked.scope.period,
        partner: asked.scope.partner,
        by: asked.by,
        first: None,
        now: admin.clock.unix_seconds(),
    };
    let rates = rates(&admin)?;
    let rows = admin.store.sources(&query).await?;
    let into = asked.into.map(|into| (into, &rates));
    Ok(Json(Sources::of(&query, &rows, admin.thresholds, into)))
}
