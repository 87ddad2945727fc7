//! `POST /console/review/{delivery}/{reason}`: a person's answer to a flag, or that one is undone.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use uuid::{NoContext, Timestamp, Uuid};

use super::case::{Refused, of_flag};
use super::{FlagPath, flag_path};
use crate::admin::Role;
use crate::clock::whole_seconds;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::form::Posted;
use crate::console::page::see_other;
use crate::console::session::Session;
use crate::ledger::{Answer, Decision, Seen};
use crate::store::ReviewError;

/// Decides, and leads to what that changed. What is refused is shown with the flag as it is now, the
/// note that was written kept.
pub(in crate::console) async fn decide(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(path): Path<FlagPath>,
    posted: Posted,
) -> Result<Response, Failed> {
    session.require(Role::Reviewer)?;
    let flag = path.id()?;
    let (answer, seen) = read(&posted)?;
    let note = posted.lines("note");
    let refused = |why: String| Refused {
        why,
        answer: Some(answer),
        note: note.clone(),
    };
    let decision = match Decision::new(flag, answer, session.name.as_str(), &note) {
        Ok(decision) => decision.upon(Some(seen)),
        Err(error) => {
            let again = Some(refused(error.to_string()));
            return of_flag(&console, &session, flag, StatusCode::BAD_REQUEST, again).await;
        }
    };
    match make(&console, &decision).await {
        Ok(()) => Ok(see_other(&flag_path(flag)).into_response()),
        Err(ReviewError::Store(error)) => Err(error.into()),
        Err(ReviewError::NoSuchFlag(_)) => Err(Failed::NotFound(format!("flag {flag}"))),
        Err(error @ (ReviewError::Decided(_) | ReviewError::Unfit(_))) => {
            let again = Some(refused(error.to_string()));
            of_flag(&console, &session, flag, StatusCode::CONFLICT, again).await
        }
    }
}

fn read(posted: &Posted) -> Result<(Answer, Seen), Failed> {
    let wrong = |field: &str, message: String| Failed::Invalid(vec![(field.to_owned(), message)]);
    let answer = answer(posted.text("answer"));
    let answer =
        answer.ok_or_else(|| wrong("answer", "must be approve, reject or undo".to_owned()))?;
    let seen = posted.text("seen").parse::<Seen>();
    let seen = seen.map_err(|error| wrong("seen", error.to_string()))?;
    Ok((answer, seen))
}

/// An answer by its word in the form.
pub(super) fn answer(word: &str) -> Option<Answer> {
    match word {
        "approve" => Some(Answer::Approve),
        "reject" => Some(Answer::Reject),
        "undo" => Some(Answer::Undo),
        _ => None,
    }
}

async fn make(console: &Console, decision: &Decision) -> Result<(), ReviewError> {
    let admin = &console.admin;
    let now = admin.clock.now();
    let moment = Timestamp::from_unix(NoContext, now.as_secs(), now.subsec_nanos());
    let id = Uuid::new_v7(moment);
    let admission = admin.admission.borrow().clone();
    let agreements = &admission.agreements;
    let made = admin
        .store
        .review(decision, agreements, id, whole_seconds(now));
    made.await.map(drop)
}
