//! A flag that is answered: by whom, when, why, and what that changed in the ledger.

use askama::Template;
use axum::response::Html;

use super::case::Refused;
use super::effects::changed;
use super::reason::meaning;
use super::{PATH, flag_path};
use crate::console::Console;
use crate::console::failure::Failed;
use crate::console::page::{self, Area, Page};
use crate::console::session::Session;
use crate::ledger::{CLICK_LOG, FlagReason};
use crate::partners::show_time;
use crate::store::{ConversionHistory, DecisionRecord};

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
    /// What to do where the answer was wrong.
    undo: &'static str,
    /// The other answers to flags of the same conversion.
    others: Vec<Other>,
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
    decision: DecisionRecord,
    refused: Option<Refused>,
) -> Result<Html<String>, Failed> {
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
        undo: undo(&decision),
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
    let all = histories.iter().flat_map(|it| &it.decisions);
    let others = all.filter(|it| it.flag != decision.flag);
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

/// A flag is answered once and the ledger only grows: what turns an answer around is a postback.
fn undo(decision: &DecisionRecord) -> &'static str {
    use crate::ledger::Outcome::{Approved, Closed, Healed, Rejected};
    match (decision.outcome, decision.flag.reason) {
        _ if decision.decided_by == CLICK_LOG => {
            "The click log answered it. A postback with the status rejected takes the conversion back."
        }
        (Approved | Healed, _) => {
            "To turn it around, ask the partner for a postback with the status rejected: it takes \
             back exactly what was booked."
        }
        (Rejected | Closed, FlagReason::SuspectedDuplicate | FlagReason::DoubleFtd) => {
            "To turn it around, ask the partner for the event with a transaction_id of its own, a \
             second first deposit as a redeposit: it is booked as a new one."
        }
        (Rejected | Closed, _) => {
            "To turn it around, ask the partner for a postback with the status approved and a \
             timestamp not sent before: it is flagged as reapproved, and that flag can be approved."
        }
    }
}
