//! `GET /admin/flags`: what waits for a person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use postern_protocol::currency::Currency;
use postern_protocol::money::{AmountUnit, Money};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Admin;
use super::deliveries::partner;
use super::page::{Page, PageParams, Paging, Place};
use super::problem::Problem;
use super::query::{FromQuery, Parameters, Query};
use super::shape::{self, Moment};
use crate::ledger::{FlagReason, State as LedgerState};
use crate::report::Sum;
use crate::store::{WaitingCursor, WaitingFilter, WaitingFlag, WaitingOrder};

/// Which of the flags that wait are listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Asked` reads")]
pub(super) struct Params {
    /// Raised for this reason: unknown_click, double_ftd, …
    reason: Option<String>,
    /// About what this partner reports.
    partner: Option<String>,
    /// Raised before that: a day, or a time with its zone.
    raised_before: Option<String>,
    /// About at least so much, as 100 or 99.50; goes with `currency`.
    min: Option<String>,
    /// The currency of `min`.
    currency: Option<String>,
    /// What comes first: age, the oldest delivery, or amount, the largest of each currency. Age
    /// unless told.
    order: Option<String>,
}

/// What is asked for.
pub(super) struct Asked {
    filter: WaitingFilter,
    order: WaitingOrder,
    paging: Paging<WaitingCursor>,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let filter = WaitingFilter {
            reason: query.take("reason", |text| {
                shape::word(text, &FlagReason::ALL, FlagReason::name)
            }),
            partner: query.take("partner", partner),
            raised_before: query.take("raised_before", shape::moment),
            at_least: at_least(query),
        };
        let orders = [WaitingOrder::Age, WaitingOrder::Amount];
        let order = query.take("order", |text| shape::word(text, &orders, order_name));
        Some(Self {
            filter,
            order: order.unwrap_or_default(),
            paging: Paging::read(query)?,
        })
    }
}

const fn order_name(order: WaitingOrder) -> &'static str {
    match order {
        WaitingOrder::Age => "age",
        WaitingOrder::Amount => "amount",
    }
}

/// An amount without a currency says nothing, and the other way round.
fn at_least(query: &mut Parameters<'_>) -> Option<Money> {
    let min = query.take("min", |text| Ok(text.to_owned()));
    let currency = query.take("currency", |text| {
        Currency::parse(text).map_err(|error| error.to_string())
    });
    match (min, currency) {
        (Some(min), Some(currency)) => Money::parse(&min, currency, AmountUnit::Major)
            .map_err(|error| query.wrong("min", error.to_string()))
            .ok(),
        (Some(_), None) => {
            query.wrong(
                "currency",
                "is missing or wrong: `min` is an amount of which currency?",
            );
            None
        }
        (None, Some(_)) => {
            query.wrong("min", "is missing: at least how much of that currency?");
            None
        }
        (None, None) => None,
    }
}

impl Place for WaitingCursor {
    fn to_bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        str::from_utf8(bytes).ok()?.parse().ok()
    }
}

/// A flag that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Flag {
    /// What names it, in a decision too.
    #[schema(example = "0190a7c2-7d8e-7cc3-98c4-dc0c0c07398f/unknown_click")]
    flag: String,
    /// The delivery that raised it.
    delivery: Uuid,
    /// Why.
    #[schema(example = "unknown_click")]
    reason: &'static str,
    /// When.
    raised_at: Moment,
    /// The click.
    clickid: String,
    /// Who reports it.
    partner: String,
    /// The conversion to look at.
    conversion: Uuid,
    /// What happened.
    #[schema(example = "ftd")]
    event: &'static str,
    /// The conversion's state.
    state: Standing,
    /// What the flagged delivery reported, where the flag is not about the opening.
    reported: Option<Standing>,
}

/// A status with an amount.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Standing {
    /// approved, pending or rejected.
    #[schema(example = "approved")]
    status: &'static str,
    /// The amount, where there is one.
    money: Option<Sum>,
}

impl From<LedgerState> for Standing {
    fn from(state: LedgerState) -> Self {
        Self {
            status: state.status.name(),
            money: state.money.map(shape::sum),
        }
    }
}

impl From<WaitingFlag> for Flag {
    fn from(flag: WaitingFlag) -> Self {
        Self {
            flag: flag.id.to_string(),
            delivery: flag.id.delivery,
            reason: flag.id.reason.name(),
            raised_at: flag.raised_at.into(),
            clickid: flag.clickid,
            partner: flag.partner,
            conversion: flag.conversion,
            event: flag.event.name(),
            state: flag.state.into(),
            reported: flag.reported.map(|it| it.state.into()),
        }
    }
}

/// Flags that wait for a decision
///
/// `POST /admin/decisions` answers one.
#[utoipa::path(
    get, path = "/admin/flags", tag = "review",
    params(Params, PageParams),
    responses((status = 200, body = Page<Flag>), Problem),
)]
pub(super) async fn list(
    State(admin): State<Arc<Admin>>,
    Query(Asked {
        filter,
        order,
        paging,
    }): Query<Asked>,
) -> Result<Json<Page<Flag>>, Problem> {
    let limit = paging.limit_and_one();
    let flags = admin
        .store
        .waiting(&filter, order, paging.after, limit)
        .await?;
    Ok(Json(paging.page(flags, |flag| flag.cursor(order))))
}
