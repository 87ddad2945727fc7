//! What an answer to a flag has done, and what came after it: all that undoing it must know, alike for
//! every database.

use postern_protocol::event::Status;
use postern_protocol::id::PartnerId;
use postern_protocol::money::AmountUnit;
use uuid::Uuid;

use super::case::{self, of_conversion, reported};
use super::{DecisionRecord, ReviewError};
use crate::agreement::Agreements;
use crate::ledger::{Done, Flag, FlagId, Moved, Mover, Outcome, Snapshot, Unfit};
use crate::store::reads::Reads;
use crate::store::row::Cells as _;
use crate::store::statement::{Argument, Statement};
use crate::store::{ChangeRecord, StoreError, decode};

/// The latest answer to a flag.
pub(in crate::store) const LATEST: &str = "SELECT * FROM decisions \
    WHERE delivery = $1 AND reason = $2 ORDER BY number DESC LIMIT 1";

const OPEN: &str = "SELECT * FROM flags WHERE delivery = $1 AND reason = $2 AND open";

const DECISION: &str = "SELECT * FROM decisions WHERE clickid = $1 AND id = $2 \
    ORDER BY delivery, reason";

const FLAGS: &str = "SELECT f.* FROM decisions AS d JOIN flags AS f ON f.clickid = d.clickid \
    AND f.conversion = d.conversion AND f.delivery = d.delivery AND f.reason = d.reason \
    WHERE d.clickid = $1 AND d.id = $2 ORDER BY f.delivery, f.reason";

const MOVE: &str = "SELECT * FROM changes WHERE clickid = $1 AND decision = $2";

const MOVE_SINCE: &str = "SELECT * FROM changes AS c \
    WHERE c.clickid = $1 AND c.conversion = $2 AND c.revision > $3 AND c.undoes IS NULL \
    AND NOT EXISTS (SELECT 1 FROM changes AS u \
        WHERE u.clickid = $1 AND u.conversion = $2 AND u.undoes = c.revision) \
    ORDER BY c.revision DESC LIMIT 1";

const DUPLICATES: &str = "SELECT delivery FROM click_duplicates \
    WHERE clickid = $1 AND conversion = $2 ORDER BY delivery";

/// All of them but the first two, for the tests that look at their plans.
#[cfg(test)]
pub(in crate::store) const QUERIES: [(&str, &str); 5] = [
    (DECISION, "text, uuid"),
    (FLAGS, "text, uuid"),
    (MOVE, "text, uuid"),
    (MOVE_SINCE, "text, uuid, bigint"),
    (DUPLICATES, "text, uuid"),
];

/// The latest answer to a flag, where it has had any.
pub(in crate::store) async fn latest(
    reader: &mut impl Reads,
    flag: FlagId,
) -> Result<Option<DecisionRecord>, StoreError> {
    let latest = Statement::with(LATEST, named(flag));
    Ok(reader.all(latest, decode::decision).await?.pop())
}

/// The answer that closed a flag; else why there is none.
pub(in crate::store) async fn answer(
    reader: &mut impl Reads,
    flag: FlagId,
) -> Result<DecisionRecord, ReviewError> {
    match latest(reader, flag).await? {
        Some(undone) if undone.outcome == Outcome::Undone => {
            Err(ReviewError::Decided(Box::new(undone)))
        }
        Some(answer) => Ok(answer),
        None => {
            let open = reader.all(Statement::with(OPEN, named(flag)), decode::flag);
            Err(match open.await?.pop() {
                Some(_) => Unfit::Waits.into(),
                None => ReviewError::NoSuchFlag(flag),
            })
        }
    }
}

/// What an answer has done, with its conversions in the snapshot.
pub(in crate::store) async fn done(
    reader: &mut impl Reads,
    answer: &DecisionRecord,
    agreements: &Agreements,
    snapshot: &mut Snapshot,
) -> Result<Done, StoreError> {
    let decision = of_conversion(&answer.clickid, answer.id);
    let decisions = Statement::with(DECISION, decision.clone());
    let decisions = reader.all(decisions, decode::decision).await?;
    let flags = Statement::with(FLAGS, decision.clone());
    let flags = reader.all(flags, decode::flag).await?;
    let moves = Statement::with(MOVE, decision);
    let moved = reader.all(moves, decode::change).await?.pop();
    let is_asked = |it: &Flag| it.id == answer.flag;
    let (mut asked, closed): (Vec<Flag>, Vec<Flag>) = flags.into_iter().partition(is_asked);
    let flag = asked.pop();
    let flag =
        flag.ok_or_else(|| StoreError::Unreadable("an answer without its flag".to_owned()))?;
    case::know_conversions(reader, &flag, snapshot).await?;
    let main = decisions.iter().find(|it| it.outcome != Outcome::Closed);
    let moved = match moved {
        Some(change) => {
            Some(moved_by(reader, &answer.clickid, &change, agreements, snapshot).await?)
        }
        None => None,
    };
    Ok(Done {
        flag,
        outcome: answer.outcome,
        decided: main.map_or(answer.flag, |it| it.flag),
        closed,
        moved,
    })
}

async fn moved_by(
    reader: &mut impl Reads,
    clickid: &str,
    record: &ChangeRecord,
    agreements: &Agreements,
    snapshot: &mut Snapshot,
) -> Result<Moved, StoreError> {
    let (conversion, change) = (record.conversion, record.change);
    if snapshot.conversion(conversion).is_none() {
        case::know_conversion(reader, clickid, conversion, snapshot).await?;
    }
    let brings_back =
        change.to.status == Status::Rejected && change.from.status != Status::Rejected;
    let rejected_too = match brings_back {
        true => rejected_too(reader, clickid, conversion, agreements).await?,
        false => None,
    };
    Ok(Moved {
        conversion,
        change,
        since: moved_since(reader, clickid, record).await?,
        rejected_too,
    })
}

async fn moved_since(
    reader: &mut impl Reads,
    clickid: &str,
    record: &ChangeRecord,
) -> Result<Option<Mover>, StoreError> {
    let mut keys = of_conversion(clickid, record.conversion);
    keys.push(Argument::Number(record.change.revision.into()));
    let since = Statement::with(MOVE_SINCE, keys);
    let Some(since) = reader.all(since, decode::change).await?.pop() else {
        return Ok(None);
    };
    let Some(decision) = since.decision else {
        return Ok(Some(Mover::Delivery(since.delivery)));
    };
    let decisions = Statement::with(DECISION, of_conversion(clickid, decision));
    let mut decisions = reader.all(decisions, decode::decision).await?;
    decisions.retain(|it| it.outcome != Outcome::Closed);
    let by = decisions.pop().map(|it| Mover::Answer(it.flag));
    Ok(by.or(Some(Mover::Delivery(since.delivery))))
}

/// The delivery by which the partner itself has reported as rejected what was so already. What cannot
/// be read any more may be one.
async fn rejected_too(
    reader: &mut impl Reads,
    clickid: &str,
    conversion: Uuid,
    agreements: &Agreements,
) -> Result<Option<Uuid>, StoreError> {
    let duplicates = Statement::with(DUPLICATES, of_conversion(clickid, conversion));
    let duplicates = reader.all(duplicates, |row| row.id("delivery")).await?;
    for id in duplicates {
        let kept = Statement::with(case::DELIVERY, [Argument::Id(id)]);
        let kept = reader.all(kept, decode::delivery).await?.pop();
        let said = kept.and_then(|delivery| {
            let partner = PartnerId::parse(&delivery.partner).ok()?;
            let unit = agreements.get(&partner).map(|it| it.amount_unit);
            reported(&delivery, unit.unwrap_or(AmountUnit::Major))
        });
        if said.is_none_or(|it| it.state.status == Status::Rejected) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn named(flag: FlagId) -> [Argument; 2] {
    let reason = flag.reason.name().to_owned();
    [Argument::Id(flag.delivery), Argument::Text(reason)]
}
