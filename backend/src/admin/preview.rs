//! `GET /admin/flags/{delivery}/{reason}`: what each answer to a flag would do; and with `/undo`, what
//! undoing its answer would.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Admin;
use super::decisions::Decision;
use super::effects::Effects;
use super::flags::Flag;
use super::path::FlagPath;
use super::problem::Problem;
use super::query::{Nothing, Query};
use crate::ledger::{Ruling, Unfit};
use crate::store::{Preview as Previewed, UndoPreview as UndoPreviewed};

/// A flag, and what each answer to it would do now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Preview {
    /// The flag.
    flag: Flag,
    /// What the answers are about. A decision that carries it is made only while it holds.
    #[schema(example = "6f1ed002ab5595859014ebf0951522d9")]
    seen: String,
    /// How many more flags wait on its conversion.
    others: usize,
    /// What `approve` would do.
    approve: Outlook,
    /// What `reject` would do.
    reject: Outlook,
}

/// What an answer would do: one of the two is there.
#[derive(Debug, Serialize, ToSchema)]
struct Outlook {
    /// What it would change; null where it would be refused.
    changes: Option<Effects>,
    /// Why it would be refused; null where it would be taken.
    refused: Option<String>,
}

impl From<Result<Ruling, Unfit>> for Outlook {
    fn from(ruling: Result<Ruling, Unfit>) -> Self {
        let (changes, refused) = match ruling {
            Ok(ruling) => (Some(ruling.into()), None),
            Err(unfit) => (None, Some(unfit.to_string())),
        };
        Self { changes, refused }
    }
}

impl From<Previewed> for Preview {
    fn from(preview: Previewed) -> Self {
        Self {
            flag: preview.flag.into(),
            seen: preview.seen.to_string(),
            others: preview.others,
            approve: preview.approve.into(),
            reject: preview.reject.into(),
        }
    }
}

/// What each answer to a flag would do
///
/// Money included. Nothing is changed; what a decision does is what would be done when it is made.
#[utoipa::path(
    get, path = "/admin/flags/{delivery}/{reason}", tag = "review",
    params(
        ("delivery" = Uuid, Path, description = "The delivery that raised the flag"),
        ("reason" = String, Path, description = "Why: unknown_click, double_ftd, …"),
    ),
    responses((status = 200, body = Preview), Problem),
)]
pub(super) async fn one(
    State(admin): State<Arc<Admin>>,
    FlagPath(flag): FlagPath,
    _: Query<Nothing>,
) -> Result<Json<Preview>, Problem> {
    let admission = admin.admission.borrow().clone();
    let now = admin.clock.unix_seconds();
    let preview = admin
        .store
        .preview(flag, &admission.agreements, now)
        .await?;
    Ok(Json(preview.into()))
}

/// The answer to a flag, and what undoing it would do now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UndoPreview {
    /// The answer that holds.
    answer: Decision,
    /// What undoing is about. A decision that carries it is made only while it holds.
    #[schema(example = "6f1ed002ab5595859014ebf0951522d9")]
    seen: String,
    /// What `undo` would do.
    undo: Outlook,
}

impl From<UndoPreviewed> for UndoPreview {
    fn from(preview: UndoPreviewed) -> Self {
        Self {
            answer: preview.answer.into(),
            seen: preview.seen.to_string(),
            undo: preview.undo.into(),
        }
    }
}

/// What undoing the answer to a flag would do
///
/// Money included. Nothing is changed. A flag that waits has no answer: that is a 409.
#[utoipa::path(
    get, path = "/admin/flags/{delivery}/{reason}/undo", tag = "review",
    params(
        ("delivery" = Uuid, Path, description = "The delivery that raised the flag"),
        ("reason" = String, Path, description = "Why: unknown_click, double_ftd, …"),
    ),
    responses((status = 200, body = UndoPreview), Problem),
)]
pub(super) async fn undo(
    State(admin): State<Arc<Admin>>,
    FlagPath(flag): FlagPath,
    _: Query<Nothing>,
) -> Result<Json<UndoPreview>, Problem> {
    let admission = admin.admission.borrow().clone();
    let now = admin.clock.unix_seconds();
    let preview = admin
        .store
        .preview_undo(flag, &admission.agreements, now)
        .await?;
    Ok(Json(preview.into()))
}
