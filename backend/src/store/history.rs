//! All that the store knows of one conversion, read in one snapshot: what an explanation is made of.

use postern_protocol::id::PartnerId;
use uuid::Uuid;

use super::reads::Reads;
use super::row::Cells as _;
use super::statement::{Argument, Statement};
use super::{
    ChangeRecord, Click, ConversionRecord, DecisionRecord, DeliveryRecord, FlagRecord,
    PayoutRecord, Store, StoreError, decode,
};
use crate::agreement::Terms;
use crate::ledger::CapKey;

/// All that is known of what an id names.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The delivery with this id. `None`: its request was removed, the conversion it opened stands.
    pub delivery: Option<DeliveryRecord>,
    /// The conversion it is about; `None` for a delivery that says nothing that could be booked.
    pub conversion: Option<ConversionHistory>,
}

/// A conversion with all that led to its state and its money.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversionHistory {
    /// Its present state.
    pub conversion: ConversionRecord,
    /// The click it belongs to, where the click log has it.
    pub click: Option<Click>,
    /// The deliveries that opened, moved or flagged it and are still kept, oldest first.
    pub deliveries: Vec<DeliveryRecord>,
    /// Its changes, in their order.
    pub changes: Vec<ChangeRecord>,
    /// The flags that are about it, or hold it back; oldest first.
    pub flags: Vec<FlagRecord>,
    /// The answers to these flags, oldest first.
    pub decisions: Vec<DecisionRecord>,
    /// Its lines of money, in their order.
    pub payouts: Vec<PayoutRecord>,
    /// The terms those lines were computed by.
    pub terms: Vec<Terms>,
    /// The places taken in its day and its month, where its terms have caps.
    pub caps: Vec<CapUse>,
}

/// How many conversions of a period CPA was paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapUse {
    /// The day or the month.
    pub key: CapKey,
    /// How many.
    pub used: u32,
}

const DELIVERY: &str = "SELECT * FROM deliveries WHERE id = $1";
const CONVERSION: &str = "SELECT * FROM conversions WHERE id = $1";
const CLICK: &str = "SELECT * FROM clicks WHERE clickid = $1";
const CHANGES: &str =
    "SELECT * FROM changes WHERE clickid = $1 AND conversion = $2 ORDER BY revision";
// A redeposit's story begins with the flag that was approved to open it, which is about the first
// deposit.
const FLAGS: &str = "SELECT * FROM flags \
    WHERE clickid = $1 AND (conversion = $2 OR delivery = $2) ORDER BY delivery, reason";
const DECISIONS: &str = "SELECT * FROM decisions \
    WHERE clickid = $1 AND (conversion = $2 OR delivery = $2) \
    ORDER BY decided_at, number, id, delivery, reason";
const PAYOUTS: &str =
    "SELECT * FROM payouts WHERE clickid = $1 AND conversion = $2 ORDER BY number";
const TERMS: &str = "SELECT * FROM terms WHERE partner = $1 AND version = $2";
const CAP: &str = "SELECT * FROM caps WHERE partner = $1 AND period = $2";

/// All of them, for the tests that look at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 9] = [
    DELIVERY, CONVERSION, CLICK, CHANGES, FLAGS, DECISIONS, PAYOUTS, TERMS, CAP,
];

impl Store {
    /// All that is known of the delivery or the conversion with this id.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn history(&self, id: Uuid) -> Result<Option<History>, StoreError> {
        match self {
            Self::Sqlite(store) => Snapshot(&mut *store.snapshot().await?).history(id).await,
            Self::Postgres(store) => Snapshot(&mut *store.snapshot().await?).history(id).await,
        }
    }
}

/// A connection that sees one state of the store.
struct Snapshot<'c, R>(&'c mut R);

impl<R: Reads> Snapshot<'_, R> {
    /// What is known of the delivery or the conversion with this id.
    async fn history(&mut self, id: Uuid) -> Result<Option<History>, StoreError> {
        let delivery = self
            .one(DELIVERY, [Argument::Id(id)], decode::delivery)
            .await?;
        // A conversion of this id comes first: a second first deposit that was approved is flagged
        // on the first one's conversion, and has opened its own.
        let mut conversion = self.conversion_of(id).await?;
        if conversion.is_none()
            && let Some(about) = delivery.as_ref().and_then(|it| it.conversion)
        {
            conversion = self.conversion_of(about).await?;
        }
        let conversion = match conversion {
            Some(conversion) => Some(self.conversion(conversion).await?),
            None => None,
        };
        let history = History {
            delivery,
            conversion,
        };
        let is_known = history.delivery.is_some() || history.conversion.is_some();
        Ok(is_known.then_some(history))
    }

    async fn conversion_of(&mut self, id: Uuid) -> Result<Option<ConversionRecord>, StoreError> {
        self.one(CONVERSION, [Argument::Id(id)], decode::conversion_record)
            .await
    }

    async fn conversion(
        &mut self,
        conversion: ConversionRecord,
    ) -> Result<ConversionHistory, StoreError> {
        let clickid = Argument::Text(conversion.clickid.clone());
        let place = [clickid.clone(), Argument::Id(conversion.id)];
        let click = self.one(CLICK, [clickid], decode::click).await?;
        let changes = self.all(CHANGES, place.clone(), decode::change).await?;
        let flags = self.all(FLAGS, place.clone(), decode::flag_record).await?;
        let decisions = self.all(DECISIONS, place.clone(), decode::decision).await?;
        let payouts = self.all(PAYOUTS, place, decode::payout).await?;
        let deliveries = self.deliveries(&conversion, &changes, &flags).await?;
        let terms = self.terms(&conversion.partner, &payouts).await?;
        let caps = self.caps(&payouts, &terms).await?;
        Ok(ConversionHistory {
            conversion,
            click,
            deliveries,
            changes,
            flags,
            decisions,
            payouts,
            terms,
            caps,
        })
    }

    /// Those that made it what it is; repeats of them are not among them.
    async fn deliveries(
        &mut self,
        conversion: &ConversionRecord,
        changes: &[ChangeRecord],
        flags: &[FlagRecord],
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        let mut ids = vec![conversion.id];
        ids.extend(changes.iter().map(|it| it.delivery));
        ids.extend(flags.iter().map(|it| it.delivery));
        ids.sort();
        ids.dedup();
        let mut deliveries = Vec::with_capacity(ids.len());
        for id in ids {
            deliveries.extend(
                self.one(DELIVERY, [Argument::Id(id)], decode::delivery)
                    .await?,
            );
        }
        Ok(deliveries)
    }

    async fn terms(
        &mut self,
        partner: &str,
        payouts: &[PayoutRecord],
    ) -> Result<Vec<Terms>, StoreError> {
        let mut versions: Vec<String> = payouts.iter().map(|it| it.terms.to_string()).collect();
        versions.dedup();
        let mut terms = Vec::with_capacity(versions.len());
        for version in versions {
            let place = [Argument::Text(partner.to_owned()), Argument::Text(version)];
            terms.extend(self.one(TERMS, place, decode::terms).await?);
        }
        Ok(terms)
    }

    async fn caps(
        &mut self,
        payouts: &[PayoutRecord],
        terms: &[Terms],
    ) -> Result<Vec<CapUse>, StoreError> {
        let Some(line) = payouts.first() else {
            return Ok(Vec::new());
        };
        let mut caps = Vec::new();
        if terms.iter().all(|terms| terms.caps.is_none()) {
            return Ok(caps);
        }
        let partner = PartnerId::parse(&line.partner);
        let partner = partner.map_err(|_| StoreError::Unreadable("a partner's name".to_owned()))?;
        for key in CapKey::day_and_month(&partner, line.earned_at) {
            let place = [
                Argument::Text(key.partner.to_string()),
                Argument::Text(key.period.clone()),
            ];
            let used = self.one(CAP, place, |row| row.count("used")).await?;
            caps.push(CapUse {
                key,
                used: used.unwrap_or(0),
            });
        }
        Ok(caps)
    }

    async fn one<T: Send, const N: usize>(
        &mut self,
        query: &'static str,
        keys: [Argument; N],
        read: impl FnMut(&R::Row) -> Result<T, StoreError> + Send,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(query, keys, read).await?.pop())
    }

    async fn all<T: Send, const N: usize>(
        &mut self,
        query: &'static str,
        keys: [Argument; N],
        read: impl FnMut(&R::Row) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let statement = Statement::with(query, keys);
        self.0.all(statement, read).await
    }
}
