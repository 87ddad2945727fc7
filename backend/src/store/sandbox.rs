//! Tests: decided on what was kept of earlier ones, and kept themselves. They are read on a connection
//! that reads and written by a statement of their own, so live bookings pay nothing for them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use postern_protocol::id::PartnerId;

use super::reads::Reads;
use super::statement::{Argument, Statement};
use super::{Store, StoreError, decode};
use crate::delivery::Delivery;
use crate::sandbox::{MAX_REHEARSED, Rehearsed, Stage};

/// The partner's latest tests of a click, newest first.
const EARLIER: &str = "SELECT * FROM deliveries \
    WHERE test IS NOT NULL AND clickid = $1 AND partner = $2 ORDER BY id DESC LIMIT $3";

const CLICK: &str = "SELECT * FROM clicks WHERE clickid = $1";

/// Both, for the tests that look at their plans.
#[cfg(test)]
pub(super) const QUERIES: [&str; 2] = [EARLIER, CLICK];

/// A test with what was decided about it.
pub(super) type Kept<'a> = (&'a Delivery, &'a Rehearsed);

/// Whose tests of which click are decided together.
type Group<'a> = (&'a PartnerId, &'a str);

impl Store {
    /// Decides tests in the order given and keeps them, all in one transaction: durable when this
    /// returns. Nothing but their rows is written. One decision for each, in the same order.
    ///
    /// # Errors
    /// Nothing is kept then.
    pub async fn rehearse(&self, tests: &[Delivery]) -> Result<Vec<Rehearsed>, StoreError> {
        let mut stages = match self {
            Self::Sqlite(store) => stages(&mut *store.reader().await?, tests).await?,
            Self::Postgres(store) => stages(&mut *store.reader().await?, tests).await?,
        };
        let mut decided = Vec::with_capacity(tests.len());
        for test in tests {
            // Each has its stage.
            decided.extend(stages.get_mut(&group(test)).map(|it| it.rehearse(test)));
        }
        let kept: Vec<Kept<'_>> = tests.iter().zip(&decided).collect();
        match self {
            Self::Sqlite(store) => store.keep_tests(&kept).await?,
            Self::Postgres(store) => store.keep_tests(&kept).await?,
        }
        Ok(decided)
    }
}

fn group(test: &Delivery) -> Group<'_> {
    (&test.partner, &test.clickid)
}

async fn stages<'t, R: Reads>(
    reader: &mut R,
    tests: &'t [Delivery],
) -> Result<HashMap<Group<'t>, Stage>, StoreError> {
    let mut stages = HashMap::new();
    for test in tests {
        if let Entry::Vacant(place) = stages.entry(group(test)) {
            place.insert(stage(reader, test).await?);
        }
    }
    Ok(stages)
}

async fn stage<R: Reads>(reader: &mut R, next: &Delivery) -> Result<Stage, StoreError> {
    let clickid = Argument::Text(next.clickid.clone());
    let partner = Argument::Text(next.partner.to_string());
    let limit = Argument::Number(MAX_REHEARSED.into());
    let earlier = Statement::with(EARLIER, [clickid.clone(), partner, limit]);
    let mut earlier = reader.all(earlier, decode::delivery).await?;
    earlier.reverse();
    let click = Statement::with(CLICK, [clickid]);
    let click = reader.all(click, decode::click).await?.pop();
    Ok(Stage::new(click.as_ref(), &earlier, next))
}
