//! `GET /admin/partners`: the partners as they are applied, without secrets.
//!
//! What is agreed comes from the backend's part, how they are let in from the edge's.

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
use crate::partners::at_edge::{self, AtEdge, KeyAtEdge};

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
    /// How the edge lets it in; null where the edge's part is elsewhere or does not name it.
    edge: Option<Edge>,
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

/// How the edge lets a partner in.
#[derive(Debug, Serialize, ToSchema)]
struct Edge {
    /// From which networks.
    #[schema(example = json!(["192.0.2.0/24"]))]
    networks: Vec<String>,
    /// By which client certificates, named by their SHA-256 fingerprints; null: none need be shown.
    client_certificates: Option<Vec<String>>,
    /// Requests a second.
    rate_per_second: u64,
    /// Requests at once.
    burst: u64,
    /// In which forms; null: in all.
    forms: Option<Vec<String>>,
    /// By how many seconds a signed time may be off; null: by what is usual.
    clock_tolerance_seconds: Option<u64>,
    /// Its keys, without their secrets.
    keys: Vec<Key>,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct Key {
    /// What names it.
    id: String,
    /// From when on it is valid; null: it always was.
    not_before: Option<Moment>,
    /// Until when; null: it has no end.
    not_after: Option<Moment>,
}

impl From<AtEdge> for Edge {
    fn from(at_edge: AtEdge) -> Self {
        Self {
            networks: at_edge.networks,
            client_certificates: at_edge.client_certificates,
            rate_per_second: at_edge.rate_per_second,
            burst: at_edge.burst,
            forms: at_edge.forms,
            clock_tolerance_seconds: at_edge.clock_tolerance_seconds,
            keys: at_edge.keys.into_iter().map(Key::from).collect(),
        }
    }
}

impl From<KeyAtEdge> for Key {
    fn from(key: KeyAtEdge) -> Self {
        Self {
            id: key.id,
            not_before: key.not_before.map(Moment::from),
            not_after: key.not_after.map(Moment::from),
        }
    }
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

impl Partner {
    fn of(id: &PartnerId, agreement: &Agreement, at_edge: Option<AtEdge>) -> Self {
        Self {
            id: id.to_string(),
            brand: agreement.brand.clone(),
            amount_unit: match agreement.amount_unit {
                AmountUnit::Major => Unit::Major,
                AmountUnit::Minor => Unit::Minor,
            },
            attribution_days: agreement.attribution_days(),
            edge: at_edge.map(Edge::from),
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
/// With their networks, rates, forms and keys where this backend sees the file that was applied to
/// the edge. Secrets are never shown.
#[utoipa::path(
    get, path = "/admin/partners", tag = "partners",
    responses((status = 200, body = Partners), Problem),
)]
pub(super) async fn list(State(admin): State<Arc<Admin>>, _: Query<Nothing>) -> Json<Partners> {
    let admission = admin.admission.borrow().clone();
    let mut at_edge = at_edge::read(&admin.edge)
        .unwrap_or_else(|error| {
            tracing::error!(%error, "the edge's part cannot be shown");
            None
        })
        .unwrap_or_default();
    let agreements = admission.agreements.iter();
    let items =
        agreements.map(|(id, agreement)| Partner::of(id, agreement, at_edge.remove(id.as_str())));
    Json(Partners {
        items: items.collect(),
    })
}
