//! Decisions about flags, and the queue of those that wait for one.

use std::sync::Arc;

use postern_protocol::time::UnixSeconds;
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::{SqliteStore, load, undo, write};
use crate::agreement::{Agreement, Agreements};
use crate::ledger::{
    self, Agreed, Answer, Case, Decision, Flag, FlagId, Ruling, Seen, Signature, Snapshot, Unfit,
    redeposit_key,
};
use crate::store::review::{WaitingPlace, case, done};
use crate::store::writes::Writes;
use crate::store::{
    DecisionRecord, Preview, ReviewError, StoreError, WaitingCursor, WaitingFilter, WaitingFlag,
    WaitingOrder, decode,
};

/// Every flag that waits, with what the decision is about. A deposit that was reported by another
/// delivery than the one that opened the conversion is what counts there.
const WAITING: &str = "
    SELECT * FROM (
        SELECT f.delivery, f.reason, f.clickid, f.conversion, f.raised_at, f.reported, c.partner,
            c.event, c.status, c.amount_minor, c.currency,
            coalesce(f.reported ->> 'amount_minor', c.amount_minor) AS at_stake,
            coalesce(f.reported ->> 'currency', c.currency) AS at_stake_in
        FROM flags AS f JOIN conversions AS c ON c.clickid = f.clickid AND c.id = f.conversion
        WHERE f.open = 1) AS w
    WHERE true";

const WAITING_ONE: &str = "
    SELECT f.delivery, f.reason, f.clickid, f.conversion, f.raised_at, f.reported, c.partner,
        c.event, c.status, c.amount_minor, c.currency
    FROM flags AS f JOIN conversions AS c ON c.clickid = f.clickid AND c.id = f.conversion
    WHERE f.delivery = ? AND f.reason = ? AND f.open = 1";

impl SqliteStore {
    pub(in crate::store) async fn review(
        &self,
        decision: &Decision,
        agreements: &Agreements,
        id: Uuid,
        now: UnixSeconds,
    ) -> Result<Ruling, ReviewError> {
        self.write(async |connection| {
            let signature = decision.signed(id, now);
            let decided = match decision.answer() {
                Answer::Undo => undo::undo(connection, decision, agreements, signature).await,
                _ => decide(connection, decision, agreements, signature).await,
            };
            match decided {
                Err(ReviewError::Store(error)) => Err(error),
                // What is refused has written nothing; the connection is as good as before.
                decided => Ok(decided),
            }
        })
        .await?
    }

    pub(in crate::store) async fn preview(
        &self,
        flag: FlagId,
        agreements: &Agreements,
        now: UnixSeconds,
    ) -> Result<Preview, ReviewError> {
        // One transaction, so that both answers are about the same ledger.
        let mut reading = self.readers.begin().await?;
        let open = find(&mut reading, flag, agreements).await?;
        let shown = one(&mut reading, WAITING_ONE, flag).await?;
        let shown = shown.ok_or(ReviewError::NoSuchFlag(flag))?;
        let (approve, others, seen) =
            suppose(&mut reading, &open, Answer::Approve, agreements, now).await?;
        let (reject, ..) = suppose(&mut reading, &open, Answer::Reject, agreements, now).await?;
        Ok(Preview {
            flag: WaitingFlag {
                reported: open.reported,
                ..decode::waiting(&shown)?
            },
            seen,
            others,
            approve,
            reject,
        })
    }

    pub(in crate::store) async fn waiting(
        &self,
        filter: &WaitingFilter,
        order: WaitingOrder,
        after: Option<WaitingCursor>,
        limit: u32,
    ) -> Result<Vec<WaitingFlag>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(WAITING);
        push_filter(&mut query, filter);
        if let Some(after) = after {
            push_after(&mut query, after);
        }
        query.push(match order {
            WaitingOrder::Age => " ORDER BY delivery, reason",
            WaitingOrder::Amount => {
                " ORDER BY at_stake_in IS NULL, at_stake_in, at_stake DESC, delivery, reason"
            }
        });
        query.push(" LIMIT ").push_bind(limit);
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(decode::waiting).collect()
    }

    pub(in crate::store) async fn decisions(
        &self,
        clickid: &str,
    ) -> Result<Vec<DecisionRecord>, StoreError> {
        let query = "SELECT * FROM decisions WHERE clickid = ? \
            ORDER BY decided_at, number, id, delivery, reason";
        self.of_click(query, clickid, decode::decision).await
    }
}

fn push_filter(query: &mut QueryBuilder<Sqlite>, filter: &WaitingFilter) {
    if let Some(reason) = filter.reason {
        query.push(" AND reason = ").push_bind(reason.name());
    }
    if let Some(partner) = &filter.partner {
        query
            .push(" AND partner = ")
            .push_bind(partner.as_str().to_owned());
    }
    if let Some(before) = filter.raised_before {
        query.push(" AND raised_at < ").push_bind(before.0);
    }
    if let Some(least) = filter.at_least {
        query
            .push(" AND at_stake_in = ")
            .push_bind(least.currency().code())
            .push(" AND at_stake >= ")
            .push_bind(least.minor());
    }
}

fn push_after(query: &mut QueryBuilder<Sqlite>, after: WaitingCursor) {
    let flag = after.flag;
    match after.place {
        WaitingPlace::Age => {
            query.push(" AND ");
        }
        WaitingPlace::Money(None) => {
            query.push(" AND at_stake_in IS NULL AND ");
        }
        WaitingPlace::Money(Some(money)) => {
            let code = money.currency().code();
            query
                .push(" AND (at_stake_in IS NULL OR at_stake_in > ")
                .push_bind(code)
                .push(" OR at_stake_in = ")
                .push_bind(code)
                .push(" AND at_stake < ")
                .push_bind(money.minor())
                .push(" OR at_stake_in = ")
                .push_bind(code)
                .push(" AND at_stake = ")
                .push_bind(money.minor())
                .push(" AND ");
        }
    }
    query
        .push("(delivery, reason) > (")
        .push_bind(flag.delivery)
        .push(", ")
        .push_bind(flag.reason.name())
        .push(")");
    if let WaitingPlace::Money(Some(_)) = after.place {
        query.push(")");
    }
}

async fn decide(
    connection: &mut SqliteConnection,
    decision: &Decision,
    agreements: &Agreements,
    signature: Signature,
) -> Result<Ruling, ReviewError> {
    let flag = find(connection, decision.flag(), agreements).await?;
    let (case, mut snapshot) = load_case(connection, flag, agreements).await?;
    let agreement = agreement_of(&case.flag, &snapshot, agreements);
    let ruling = ledger::review(&mut snapshot, &case, decision, agreement, signature)?;
    let rulings = [ruling];
    write::all(connection, &Writes::of_rulings(&rulings, &snapshot)).await?;
    let [ruling] = rulings;
    Ok(ruling)
}

/// What was agreed with the partner whose conversion a flag is about.
pub(super) fn agreement_of<'a>(
    flag: &Flag,
    snapshot: &Snapshot,
    agreements: &'a Agreements,
) -> Option<&'a Agreement> {
    let conversion = snapshot.conversion(flag.conversion)?;
    agreements.get(&conversion.key.partner).map(Arc::as_ref)
}

/// What an answer would do, how many other flags wait on the conversion, and what that was seen of.
async fn suppose(
    connection: &mut SqliteConnection,
    flag: &Flag,
    answer: Answer,
    agreements: &Agreements,
    now: UnixSeconds,
) -> Result<(Result<Ruling, Unfit>, usize, Seen), StoreError> {
    let (case, mut snapshot) = load_case(connection, flag.clone(), agreements).await?;
    let agreement = agreement_of(&case.flag, &snapshot, agreements);
    let decision = Decision::supposed(flag.id, answer);
    let signature = decision.signed(Uuid::nil(), now);
    let seen = case.seen(&snapshot);
    let ruling = ledger::review(&mut snapshot, &case, &decision, agreement, signature);
    Ok((ruling, case.others.len(), seen))
}

/// The flag while it waits; else who has answered it.
async fn find(
    connection: &mut SqliteConnection,
    flag: FlagId,
    agreements: &Agreements,
) -> Result<Flag, ReviewError> {
    let open = "SELECT * FROM flags WHERE delivery = ? AND reason = ? AND open = 1";
    if let Some(row) = one(connection, open, flag).await? {
        let open = decode::flag(&row)?;
        return Ok(case::with_report(connection, open, agreements).await?);
    }
    Err(match done::latest(connection, flag).await? {
        Some(answer) => ReviewError::Decided(Box::new(answer)),
        None => ReviewError::NoSuchFlag(flag),
    })
}

async fn one(
    connection: &mut SqliteConnection,
    query: &'static str,
    flag: FlagId,
) -> Result<Option<SqliteRow>, sqlx::Error> {
    sqlx::query(query)
        .bind(flag.delivery)
        .bind(flag.reason.name())
        .fetch_optional(connection)
        .await
}

/// All that the decision about a flag looks at.
async fn load_case(
    connection: &mut SqliteConnection,
    flag: Flag,
    agreements: &Agreements,
) -> Result<(Case, Snapshot), StoreError> {
    let mut snapshot = Snapshot::default();
    let holds_another = case::know_conversions(connection, &flag, &mut snapshot).await?;
    let conversion = snapshot.conversion(flag.conversion);
    let conversion = conversion.ok_or_else(|| StoreError::conversion_missing(flag.conversion))?;
    let (key, loaded) = (conversion.key.clone(), conversion.revision);
    // What it holds back is the redeposit, and known already.
    let redeposit = redeposit_key(&flag, &key).filter(|_| !holds_another);
    load::load_clicks(connection, &[&*key.clickid].into(), &mut snapshot).await?;
    if let Some(redeposit) = redeposit {
        load::load_conversions(connection, &[redeposit].into(), &mut snapshot).await?;
    }
    let mut agreed = Agreed::default();
    if let Some(agreement) = agreements.get(&key.partner) {
        agreed.add(&key.partner, agreement);
    }
    let reported = flag.reported.iter();
    let to_open = reported.map(|reported| (&key.partner, reported.occurred_at));
    load::money(connection, &mut snapshot, &agreed, to_open).await?;
    let case = Case {
        others: case::others(connection, &flag, &snapshot).await?,
        has_moved_since: case::has_moved_since(connection, &flag, loaded).await?,
        flag,
    };
    Ok((case, snapshot))
}
