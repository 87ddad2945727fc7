//! `GET` and `POST /admin/decisions`: the answers to flags.
//!
//! A flag that is answered is closed, so a decision that is sent again does nothing: it is told who
//! was first. To undo an answer is a decision too, and opens the flag again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use postern_protocol::mistakes::Mistakes;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::{NoContext, Timestamp, Uuid};

use super::Admin;
use super::access::Reviewer;
use super::body::Body;
use super::effects::Effects;
use super::problem::{Kind, Problem};
use super::query::{FromQuery, Nothing, Parameters, Query};
use super::shape::Moment;
use crate::clock::whole_seconds;
use crate::ledger::{Answer, Decision as Made, FlagId, Ruling, Seen};
use crate::store::{DecisionRecord, ReviewError};

/// Whose decisions are listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `OfClick` reads")]
pub(super) struct Params {
    /// The click.
    clickid: String,
}

/// The click whose decisions are listed.
pub(super) struct OfClick(String);

impl FromQuery for OfClick {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let clickid = query.take("clickid", |text| Ok(text.to_owned()));
        if clickid.is_none() {
            query.wrong("clickid", "is missing: the decisions about which click?");
        }
        clickid.map(Self)
    }
}

/// Decisions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decisions {
    /// Oldest first.
    items: Vec<Decision>,
}

/// The answer to a flag.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decision {
    /// Its id; flags that were closed or opened with another one share it.
    id: Uuid,
    /// The flag.
    flag: String,
    /// 0, 1, … of this flag: the order of its answers, whatever clocks say.
    number: u32,
    /// The click.
    clickid: String,
    /// The conversion the flag is about.
    conversion: Uuid,
    /// approved, rejected, healed or closed; undone: the answer before it was taken back, and the
    /// flag waits again.
    #[schema(example = "approved")]
    outcome: &'static str,
    /// A person, or the click log.
    decided_by: String,
    /// When.
    decided_at: Moment,
    /// Why; empty where nothing was said.
    note: String,
}

impl From<DecisionRecord> for Decision {
    fn from(record: DecisionRecord) -> Self {
        Self {
            id: record.id,
            flag: record.flag.to_string(),
            number: record.number,
            clickid: record.clickid,
            conversion: record.conversion,
            outcome: record.outcome.name(),
            decided_by: record.decided_by,
            decided_at: record.decided_at.into(),
            note: record.note,
        }
    }
}

/// The decisions about a click
#[utoipa::path(
    get, path = "/admin/decisions", tag = "review",
    params(Params),
    responses((status = 200, body = Decisions), Problem),
)]
pub(super) async fn list(
    State(admin): State<Arc<Admin>>,
    Query(OfClick(clickid)): Query<OfClick>,
) -> Result<Json<Decisions>, Problem> {
    let records = admin.store.decisions(&clickid).await?;
    let items = records.into_iter().map(Decision::from).collect();
    Ok(Json(Decisions { items }))
}

/// An answer to a flag; the token's name is who decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToDecide {
    /// The flag, as `GET /admin/flags` names it.
    #[schema(example = "0190a7c2-7d8e-7cc3-98c4-dc0c0c07398f/unknown_click")]
    flag: String,
    /// Whether it is as the partner reports; or that the answer it was given is undone.
    answer: Said,
    /// Why, in at most 1,000 characters. What undoes an answer must say it.
    #[serde(default)]
    note: String,
    /// `seen` as the flag was shown with it: the decision is refused where anything has changed
    /// since. Left out, it is made upon whatever there is.
    #[serde(default)]
    #[schema(example = "6f1ed002ab5595859014ebf0951522d9")]
    seen: Option<String>,
}

/// What a person says to a flag.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Said {
    /// It is as the partner reports.
    Approve,
    /// It is not.
    Reject,
    /// The answer that was given is taken back.
    Undo,
}

/// What a decision did, all of it in one transaction.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decided {
    /// The decision's id.
    id: Uuid,
    /// Who decided: the token's name.
    decided_by: String,
    /// When.
    decided_at: Moment,
    /// The conversion the flag is about.
    conversion: Uuid,
    /// What it changed.
    changes: Effects,
}

impl From<Ruling> for Decided {
    fn from(ruling: Ruling) -> Self {
        Self {
            id: ruling.signature.id,
            decided_by: ruling.signature.by.clone(),
            decided_at: ruling.signature.at.into(),
            conversion: ruling.conversion,
            changes: ruling.into(),
        }
    }
}

/// Decide a flag, or undo its answer
///
/// A flag that is answered is closed: a second decision is refused with 409 and told who was first.
/// `undo` opens it again and takes back by new entries what the answer did; the flag can be decided
/// anew. It is refused with 409 where something stands on the answer, and says what to do first.
#[utoipa::path(
    post, path = "/admin/decisions", tag = "review", security(("token" = ["reviewer"])),
    request_body = ToDecide,
    responses((status = 200, body = Decided), Problem),
)]
pub(super) async fn decide(
    State(admin): State<Arc<Admin>>,
    Reviewer(name): Reviewer,
    _: Query<Nothing>,
    Body(said): Body<ToDecide>,
) -> Result<Json<Decided>, Problem> {
    let decision = read(&said, name.as_str()).map_err(|it| Problem::invalid(&it))?;
    let now = admin.clock.now();
    let moment = Timestamp::from_unix(NoContext, now.as_secs(), now.subsec_nanos());
    let id = Uuid::new_v7(moment);
    let admission = admin.admission.borrow().clone();
    let agreements = &admission.agreements;
    let ruling = admin
        .store
        .review(&decision, agreements, id, whole_seconds(now))
        .await?;
    Ok(Json(ruling.into()))
}

fn read(said: &ToDecide, by: &str) -> Result<Made, Mistakes> {
    let mut mistakes = Mistakes::default();
    let answer = match said.answer {
        Said::Approve => Answer::Approve,
        Said::Reject => Answer::Reject,
        Said::Undo => Answer::Undo,
    };
    let flag = said.flag.parse::<FlagId>();
    let flag = flag.map_err(|error| mistakes.add("flag", error.to_string()));
    let seen = said.seen.as_deref().map(str::parse::<Seen>).transpose();
    let seen = seen.map_err(|error| mistakes.add("seen", error.to_string()));
    let made = flag.ok().zip(seen.ok()).and_then(|(flag, seen)| {
        let made = Made::new(flag, answer, by, &said.note);
        made.map_err(|error| mistakes.add("note", error.to_string()))
            .map(|made| made.upon(seen))
            .ok()
    });
    mistakes.unless_any(made)
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        let detail = error.to_string();
        match error {
            ReviewError::NoSuchFlag(flag) => Self::new(
                Kind::NotFound,
                format!("there is no flag {flag}; `GET /admin/flags` lists those that wait"),
            ),
            ReviewError::Decided(_) => Self::new(Kind::AlreadyDecided, detail),
            ReviewError::Unfit(_) => Self::new(Kind::Unfit, detail),
            ReviewError::Store(error) => error.into(),
        }
    }
}
