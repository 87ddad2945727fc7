//! `GET /console/review/{delivery}/{reason}`: one flag, with what stands beside it and what each
//! answer would do; once it is answered, by whom, and what that changed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use postern_protocol::time::UnixSeconds;

use super::answered;
use super::beside::Beside;
use super::decide;
use super::reason::{look_at, meaning};
use super::{FlagPath, flag_path};
use crate::admin::Role;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page, see_other};
use crate::console::session::{Draft, Session};
use crate::console::words::{age, amount};
use crate::explain::ruling_words;
use crate::ledger::{Answer, FlagId, Ruling, Unfit};
use crate::partners::show_time;
use crate::store::{EVIDENCE_DEPTH, Preview, ReviewError};

/// Why a flag is shown again instead of being decided.
#[derive(Debug, Clone, Default)]
pub(super) struct Refused {
    /// What is said of it.
    pub(super) why: String,
    /// The answer that was not taken.
    pub(super) answer: Option<Answer>,
    /// The note that was written with it.
    pub(super) note: String,
}

impl Refused {
    /// What had been written when the session was found to have ended.
    fn before_login(draft: Draft) -> Self {
        Self {
            why: "Your session had ended. What you had written is kept: look again, then send it."
                .to_owned(),
            answer: decide::answer(&draft.answer),
            note: draft.note,
        }
    }
}

/// A flag that waits.
#[derive(Template)]
#[template(path = "review/case.html")]
struct View {
    page: Page,
    flag: Flag,
    seen: String,
    others: usize,
    may_decide: bool,
    refused: Option<Refused>,
    answers: [Outlook; 2],
    beside: Beside,
    depth: i64,
}

/// What names the flag, and what it is about.
struct Flag {
    href: String,
    meaning: &'static str,
    look_at: &'static str,
    raised_at: String,
    age: String,
    partner: String,
    clickid: String,
    delivery: String,
    conversion: String,
    event: &'static str,
    status: &'static str,
    amount: String,
    reported: Option<Reported>,
}

/// What the flagged delivery reported.
struct Reported {
    event: &'static str,
    status: &'static str,
    amount: String,
    transaction: String,
}

/// One answer and what it would do.
struct Outlook {
    /// `approve` or `reject`.
    word: &'static str,
    /// The same for a button.
    title: &'static str,
    /// The key that asks for it.
    key: &'static str,
    lines: Vec<String>,
    refused: Option<String>,
    is_open: bool,
    note: String,
}

pub(in crate::console) async fn show(
    State(console): State<Arc<Console>>,
    session: Session,
    Path(path): Path<FlagPath>,
) -> Result<Response, Failed> {
    let flag = path.id()?;
    let draft = session.takes_draft(&console, &flag_path(flag));
    let again = draft.map(Refused::before_login);
    of_flag(&console, &session, flag, StatusCode::OK, again).await
}

/// The flag as it stands: while it waits, and after.
pub(super) async fn of_flag(
    console: &Console,
    session: &Session,
    flag: FlagId,
    status: StatusCode,
    refused: Option<Refused>,
) -> Result<Response, Failed> {
    let admin = &console.admin;
    let now = admin.clock.unix_seconds();
    let admission = admin.admission.borrow().clone();
    let previewed = admin.store.preview(flag, &admission.agreements, now).await;
    let preview = match previewed {
        Ok(preview) => preview,
        Err(ReviewError::Decided(_)) => {
            return of_answer(console, session, flag, status, refused).await;
        }
        Err(ReviewError::Store(error)) => return Err(error.into()),
        Err(ReviewError::NoSuchFlag(_) | ReviewError::Unfit(_)) => {
            return Err(Failed::NotFound(format!("flag {flag}")));
        }
    };
    let evidence = admin.store.evidence(&preview.flag).await?;
    let view = View {
        page: session.page(Area::Review, format!("Flag: {}", flag.reason)),
        may_decide: session.may(Role::Reviewer),
        seen: preview.seen.to_string(),
        others: preview.others,
        answers: outlooks(&preview, refused.as_ref()),
        beside: Beside::of(&evidence, &preview.flag),
        flag: Flag::of(&preview, now),
        refused,
        depth: EVIDENCE_DEPTH,
    };
    Ok((status, page::show(&view)?).into_response())
}

/// The same once it is answered.
async fn of_answer(
    console: &Console,
    session: &Session,
    flag: FlagId,
    status: StatusCode,
    refused: Option<Refused>,
) -> Result<Response, Failed> {
    let admin = &console.admin;
    let now = admin.clock.unix_seconds();
    let admission = admin.admission.borrow().clone();
    let undo = admin.store.preview_undo(flag, &admission.agreements, now);
    let preview = match undo.await {
        Ok(preview) => preview,
        Err(ReviewError::Store(error)) => return Err(error.into()),
        // Somebody has undone it between two looks: it waits now.
        Err(_) => return Ok(see_other(&flag_path(flag)).into_response()),
    };
    let answered = answered::shown(console, session, preview, refused).await?;
    Ok((status, answered).into_response())
}

fn outlooks(preview: &Preview, refused: Option<&Refused>) -> [Outlook; 2] {
    let outlook = |answer, word, title, key, ruling: &Result<Ruling, Unfit>| {
        let again = refused.filter(|it| it.answer == Some(answer));
        Outlook {
            word,
            title,
            key,
            lines: ruling.as_ref().map(ruling_words).unwrap_or_default(),
            refused: ruling.as_ref().err().map(ToString::to_string),
            is_open: again.is_some(),
            note: again.map_or_else(String::new, |it| it.note.clone()),
        }
    };
    [
        outlook(Answer::Approve, "approve", "Approve", "a", &preview.approve),
        outlook(Answer::Reject, "reject", "Reject", "r", &preview.reject),
    ]
}

impl Flag {
    fn of(preview: &Preview, now: UnixSeconds) -> Self {
        let flag = &preview.flag;
        Self {
            href: flag_path(flag.id),
            meaning: meaning(flag.id.reason),
            look_at: look_at(flag.id.reason),
            raised_at: show_time(flag.raised_at),
            age: age(flag.raised_at, now),
            partner: flag.partner.clone(),
            clickid: flag.clickid.clone(),
            delivery: flag.id.delivery.to_string(),
            conversion: flag.conversion.to_string(),
            event: flag.event.name(),
            status: flag.state.status.name(),
            amount: amount(flag.state.money),
            reported: flag.reported.as_ref().map(|reported| Reported {
                event: reported.kind.name(),
                status: reported.state.status.name(),
                amount: amount(reported.state.money),
                transaction: reported
                    .transaction_id
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            }),
        }
    }
}
