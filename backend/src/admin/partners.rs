//! `GET /admin/partners`: the partners as they are applied, without secrets.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use postern_protocol::id::PartnerId;
use postern_protocol::money::AmountUnit;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Admin;
use super::problem::Problem;
use super::query::{Nothing, Query};
use super::shape::Moment;
use crate::agreement::{Agreement, Rules, Terms};

/// All partners.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Partners {
    /// By id.
    items: Vec<Partner>,
}

/// A partner as it is applied.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Partner {
    /// What it sends as `X-RS-Source`.
    #[schema(example = "acme")]
    id: String,
    /// What people call it.
    brand: Option<String>,
    /// Whether its amounts are like 50.00 or like 5000.
    amount_unit: Unit,
    /// How old a click may be when the event happens.
    #[schema(example = 90)]
    attribution_days: i64,
    /// What is paid, by the day from which it holds; each holds until the next begins.
    terms: Vec<DatedTerms>,
}

/// Whether amounts are like 50.00 or like 5000.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Unit {
    /// 50.00 means fifty dollars.
    Major,
    /// 5000 means fifty dollars.
    Minor,
}

/// What is paid from a day on.
#[derive(Debug, Serialize, ToSchema)]
struct DatedTerms {
    /// What names them: payouts carry it.
    version: String,
    /// From when on they hold.
    from: Moment,
    /// What they say, in plain words.
    words: String,
    /// What they say, for programs.
    #[schema(value_type = Object)]
    rules: Value,
}

impl From<(&PartnerId, &Arc<Agreement>)> for Partner {
    fn from((id, agreement): (&PartnerId, &Arc<Agreement>)) -> Self {
        Self {
            id: id.to_string(),
            brand: agreement.brand.clone(),
            amount_unit: match agreement.amount_unit {
                AmountUnit::Major => Unit::Major,
                AmountUnit::Minor => Unit::Minor,
            },
            attribution_days: agreement.attribution_days(),
            terms: agreement.terms.iter().map(DatedTerms::from).collect(),
        }
    }
}

impl From<&Terms> for DatedTerms {
    fn from(terms: &Terms) -> Self {
        Self {
            version: terms.version().to_string(),
            from: terms.from.into(),
            words: Rules::to_string(terms),
            // What we wrote ourselves is JSON.
            rules: serde_json::from_str(&terms.to_json()).unwrap_or_default(),
        }
    }
}

/// All partners as they are applied
///
/// Without secrets and networks: those are the edge's.
#[utoipa::path(
    get, path = "/admin/partners", tag = "partners",
    responses((status = 200, body = Partners), Problem),
)]
pub(super) async fn list(State(admin): State<Arc<Admin>>, _: Query<Nothing>) -> Json<Partners> {
    let agreements = &admin.admission.borrow().agreements;
    let items = agreements.iter().map(Partner::from).collect();
    Json(Partners { items })
}
