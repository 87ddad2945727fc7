//! The answer to a flag, undone.

use postern_protocol::time::UnixSeconds;
use sqlx::postgres::PgConnection;

use super::load::Caps;
use super::review::agreement_of;
use super::{PostgresStore, load, write};
use crate::agreement::Agreements;
use crate::ledger::{self, Agreed, Answer, Decision, Done, FlagId, Ruling, Signature, Snapshot};
use crate::store::review::done;
use crate::store::writes::Writes;
use crate::store::{DecisionRecord, ReviewError, StoreError, UndoPreview};

impl PostgresStore {
    pub(in crate::store) async fn preview_undo(
        &self,
        flag: FlagId,
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<UndoPreview, ReviewError> {
        let mut reading = self.snapshot().await?;
        let answer = done::answer(&mut *reading, flag).await?;
        let (done, mut snapshot) = load(&mut reading, &answer, agreements, Caps::Seen).await?;
        let agreement = agreement_of(&done.flag, &snapshot, agreements);
        let decision = Decision::supposed(flag, Answer::Undo);
        let signature = decision.signed(uuid::Uuid::nil(), now);
        Ok(UndoPreview {
            seen: done.seen(&snapshot),
            undo: ledger::undo(&mut snapshot, &done, &decision, agreement, signature),
            answer,
        })
    }
}

pub(super) async fn undo(
    connection: &mut PgConnection,
    decision: &Decision,
    agreements: &Agreements,
    signature: Signature,
) -> Result<Ruling, ReviewError> {
    let answer = done::answer(connection, decision.flag()).await?;
    let (done, mut snapshot) = load(connection, &answer, agreements, Caps::Locked).await?;
    let agreement = agreement_of(&done.flag, &snapshot, agreements);
    let ruling = ledger::undo(&mut snapshot, &done, decision, agreement, signature)?;
    let rulings = [ruling];
    write::all(connection, &[], &Writes::of_rulings(&rulings, &snapshot)).await?;
    let [ruling] = rulings;
    Ok(ruling)
}

/// All that undoing an answer looks at.
async fn load(
    connection: &mut PgConnection,
    answer: &DecisionRecord,
    agreements: &Agreements,
    caps: Caps,
) -> Result<(Done, Snapshot), StoreError> {
    let mut snapshot = Snapshot::default();
    let done = done::done(connection, answer, agreements, &mut snapshot).await?;
    let mut agreed = Agreed::default();
    for (partner, agreement) in agreements.iter() {
        agreed.add(partner, agreement);
    }
    let openings = std::iter::empty();
    load::money(connection, &mut snapshot, &agreed, openings, caps).await?;
    Ok((done, snapshot))
}
