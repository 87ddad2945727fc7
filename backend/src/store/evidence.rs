//! What stands beside a flag while a person decides: its delivery, its click, what else happened on
//! that click, what else came from that address, and who else had that amount.
//!
//! All of it is one state of the store, read off indexes and bounded: of the address and the amount
//! only the partner's rows just before the flag are looked through, as no index is kept for either.

use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::reads::Reads;
use super::row::Cells;
use super::statement::{Argument, Statement};
use super::{
    Click, ConversionRecord, DecisionRecord, DeliveryRecord, Store, StoreError, WaitingFlag, decode,
};
use crate::ledger::Verdict;

/// Rows of each kind at most.
pub const EVIDENCE_ROWS: i64 = 10;

/// How many of a partner's rows before the flag are looked through for one address or one amount.
pub const EVIDENCE_DEPTH: i64 = 1_000;

/// What is known beside a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The delivery that raised it; `None`: its request was removed.
    pub delivery: Option<DeliveryRecord>,
    /// The click, where the click log has it.
    pub click: Option<Click>,
    /// The conversions of the click, newest first; the one the flag is about is among them where
    /// there are not too many.
    pub on_click: Vec<ConversionRecord>,
    /// The answers to flags of the click, newest first.
    pub decided: Vec<DecisionRecord>,
    /// The partner's deliveries from the same address before it, newest first.
    pub same_address: Vec<Neighbour>,
    /// The partner's conversions of the same amount before it, newest first.
    pub same_amount: Vec<ConversionRecord>,
}

/// A delivery as a neighbour sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its id.
    pub id: Uuid,
    /// When it was received.
    pub received_at: UnixSeconds,
    /// The click it names; empty where it names none.
    pub clickid: String,
    /// What became of it.
    pub verdict: Verdict,
}

const DELIVERY: &str = "SELECT * FROM deliveries WHERE id = $1";

const CLICK: &str = "SELECT * FROM clicks WHERE clickid = $1";

// Ordered by a time that no index leads with, so that the click's own rows are sorted, and not all
// rows walked until some are the click's.
const ON_CLICK: &str = "SELECT c.* FROM click_conversions AS o \
    JOIN conversions AS c ON c.clickid = o.clickid AND c.id = o.id \
    WHERE o.clickid = $1 ORDER BY c.opened_at DESC, c.id DESC LIMIT $2";

const DECIDED: &str = "SELECT * FROM decisions WHERE clickid = $1 \
    ORDER BY decided_at DESC, id DESC, delivery, reason LIMIT $2";

const SAME_ADDRESS: &str = "SELECT * FROM (
        SELECT id, received_at, clickid, address, verdict FROM deliveries
        WHERE test IS NULL AND partner = $1 AND id < $2 ORDER BY id DESC LIMIT $3) AS latest
    WHERE address = $4 ORDER BY id DESC LIMIT $5";

const SAME_AMOUNT: &str = "SELECT * FROM (
        SELECT * FROM conversions WHERE partner = $1 AND id < $2 ORDER BY id DESC LIMIT $3) AS latest
    WHERE amount_minor = $4 AND currency = $5 AND id <> $6 ORDER BY id DESC LIMIT $7";

/// All of them with the types of their arguments, for the tests that look at their plans.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &str); 4] = [
    (ON_CLICK, "text, bigint"),
    (DECIDED, "text, bigint"),
    (SAME_ADDRESS, "text, uuid, bigint, text, bigint"),
    (
        SAME_AMOUNT,
        "text, uuid, bigint, bigint, text, uuid, bigint",
    ),
];

impl Store {
    /// What is known beside a flag.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn evidence(&self, flag: &WaitingFlag) -> Result<Evidence, StoreError> {
        match self {
            Self::Sqlite(store) => evidence(&mut *store.snapshot().await?, flag).await,
            Self::Postgres(store) => evidence(&mut *store.snapshot().await?, flag).await,
        }
    }
}

async fn evidence<R: Reads>(snapshot: &mut R, flag: &WaitingFlag) -> Result<Evidence, StoreError> {
    let clickid = Argument::Text(flag.clickid.clone());
    let of_click = [clickid.clone(), Argument::Number(EVIDENCE_ROWS)];
    let delivery = Statement::with(DELIVERY, [Argument::Id(flag.id.delivery)]);
    let delivery = snapshot.all(delivery, decode::delivery).await?.pop();
    let click = Statement::with(CLICK, [clickid]);
    let click = snapshot.all(click, decode::click).await?.pop();
    let on_click = Statement::with(ON_CLICK, of_click.clone());
    let on_click = snapshot.all(on_click, decode::conversion_record).await?;
    let decided = Statement::with(DECIDED, of_click);
    let decided = snapshot.all(decided, decode::decision).await?;
    let same_address = match &delivery {
        Some(delivery) => {
            let statement = same_address(flag, &delivery.address);
            snapshot.all(statement, neighbour).await?
        }
        None => Vec::new(),
    };
    let same_amount = match flag.money() {
        Some(money) => {
            let statement = same_amount(flag, money);
            snapshot.all(statement, decode::conversion_record).await?
        }
        None => Vec::new(),
    };
    Ok(Evidence {
        delivery,
        click,
        on_click,
        decided,
        same_address,
        same_amount,
    })
}

fn same_address(flag: &WaitingFlag, address: &str) -> Statement {
    let values = [
        Argument::Text(flag.partner.clone()),
        Argument::Id(flag.id.delivery),
        Argument::Number(EVIDENCE_DEPTH),
        Argument::Text(address.to_owned()),
        Argument::Number(EVIDENCE_ROWS),
    ];
    Statement::with(SAME_ADDRESS, values)
}

fn same_amount(flag: &WaitingFlag, money: Money) -> Statement {
    let values = [
        Argument::Text(flag.partner.clone()),
        Argument::Id(flag.id.delivery),
        Argument::Number(EVIDENCE_DEPTH),
        Argument::Number(money.minor()),
        Argument::Text(money.currency().code().to_owned()),
        Argument::Id(flag.conversion),
        Argument::Number(EVIDENCE_ROWS),
    ];
    Statement::with(SAME_AMOUNT, values)
}

fn neighbour(row: &impl Cells) -> Result<Neighbour, StoreError> {
    Ok(Neighbour {
        id: row.id("id")?,
        received_at: row.seconds("received_at")?,
        clickid: row.owned("clickid")?,
        verdict: row.verdict("verdict")?,
    })
}
