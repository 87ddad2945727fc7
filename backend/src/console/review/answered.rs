//! A flag that is answered: by whom, when, why, what that changed in the ledger, and what it would do
//! to undo it.

use askama::Template;
use axum::response::Html;

use super::case::Refused;
use super::effects::{answers, changed};
use super::reason::meaning;
use super::{PATH, flag_path};
use crate::admin::Role;
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page};
use crate::console::session::Session;
use crate::explain::ruling_words;
use crate::ledger::Answer;
use crate::partners::show_time;
use crate::store::{ConversionHistory, DecisionRecord, UndoPreview};

#[derive(Template)]
#[template(path = "review/answered.html")]
struct View {
    page: Page,
    queue: &'static str,
    flag: String,
    meaning: &'static str,
    outcome: &'static str,
    by: String,
    at: String,
    note: String,
    clickid: String,
    conversion: String,
    changed: Vec<String>,
    /// The answer that came second, where one did.
    refused: Option<Refused>,
    undo: Undo,
    /// The other answers to flags of the same conversion, and those to this one before.
    others: Vec<Other>,
}

/// What undoing the answer would do.
struct Undo {
    href: String,
    seen: String,
    may_decide: bool,
    lines: Vec<String>,
    refused: Option<String>,
    is_open: bool,
    note: String,
}

struct Other {
    href: String,
    reason: &'static str,
    outcome: &'static str,
    by: String,
    at: String,
}

/// The page about an answer.
pub(super) async fn shown(
    console: &Console,
    session: &Session,
    preview: UndoPreview,
    refused: Option<Refused>,
) -> Result<Html<String>, Failed> {
    let undo = Undo::of(&preview, session, refused.as_ref());
    let decision = preview.answer;
    let histories = histories(console, &decision).await?;
    let reason = decision.flag.reason;
    page::show(&View {
        page: session.page(Area::Review, format!("Flag: {reason}")),
        queue: PATH,
        flag: decision.flag.to_string(),
        meaning: meaning(reason),
        outcome: decision.outcome.name(),
        changed: changed(&decision, &histories),
        others: others(&decision, &histories),
        undo,
        refused,
        at: show_time(decision.decided_at),
        conversion: decision.conversion.to_string(),
        by: decision.decided_by,
        note: decision.note,
        clickid: decision.clickid,
    })
}

/// Of the conversion the flag is about, and of the one that its answer may have opened.
async fn histories(
    console: &Console,
    decision: &DecisionRecord,
) -> Result<Vec<ConversionHistory>, Failed> {
    let mut histories: Vec<ConversionHistory> = Vec::new();
    for id in [decision.conversion, decision.flag.delivery] {
        let history = console.admin.store.history(id).await?;
        let conversion = history.and_then(|it| it.conversion);
        // A delivery that opened none is told with the conversion it is about.
        let is_new = |it: &ConversionHistory| {
            histories
                .iter()
                .all(|known| known.conversion.id != it.conversion.id)
        };
        histories.extend(conversion.filter(is_new));
    }
    Ok(histories)
}

fn others(decision: &DecisionRecord, histories: &[ConversionHistory]) -> Vec<Other> {
    let others = answers(histories).filter(|it| (it.id, it.flag) != (decision.id, decision.flag));
    others
        .map(|it| Other {
            href: flag_path(it.flag),
            reason: it.flag.reason.name(),
            outcome: it.outcome.name(),
            by: it.decided_by.clone(),
            at: show_time(it.decided_at),
        })
        .collect()
}

impl Undo {
    fn of(preview: &UndoPreview, session: &Session, refused: Option<&Refused>) -> Self {
        let again = refused.filter(|it| it.answer == Some(Answer::Undo));
        Self {
            href: flag_path(preview.answer.flag),
            seen: preview.seen.to_string(),
            may_decide: session.may(Role::Reviewer),
            lines: preview.undo.as_ref().map(ruling_words).unwrap_or_default(),
            refused: preview.undo.as_ref().err().map(ToString::to_string),
            is_open: again.is_some(),
            note: again.map_or_else(String::new, |it| it.note.clone()),
        }
    }
}
