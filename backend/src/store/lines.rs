//! Lines of money as a list: what a row of the payouts report is made of, newest first.

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use super::reads::Reads;
use super::row::Cells;
use super::statement::{Argument, Statement};
use super::{PayoutRecord, Store, StoreError, decode};
use crate::report::period::Period;

/// Which lines are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFilter {
    /// To whom they are owed.
    pub partner: PartnerId,
    /// In which currency.
    pub currency: Currency,
    /// The days on which they were booked.
    pub booked: Period,
}

/// A line with the click of its conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The click.
    pub clickid: String,
    /// The line.
    pub payout: PayoutRecord,
}

/// Where a list of lines goes on: the last line of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePlace {
    /// When it was written.
    pub booked_at: UnixSeconds,
    /// Its conversion.
    pub conversion: Uuid,
    /// Its number inside the conversion.
    pub number: u32,
}

impl Line {
    /// Its place in lists.
    #[must_use]
    pub const fn place(&self) -> LinePlace {
        LinePlace {
            booked_at: self.payout.booked_at,
            conversion: self.payout.conversion,
            number: self.payout.number,
        }
    }
}

impl Store {
    /// Lines of money that fit a filter, newest first, behind a place, at most so many.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list_lines(
        &self,
        filter: &LineFilter,
        after: Option<LinePlace>,
        limit: u32,
    ) -> Result<Vec<Line>, StoreError> {
        let page = filter.page(after, limit);
        match self {
            Self::Sqlite(store) => store.reader().await?.all(page, line).await,
            Self::Postgres(store) => store.reader().await?.all(page, line).await,
        }
    }
}

impl LineFilter {
    fn page(&self, after: Option<LinePlace>, limit: u32) -> Statement {
        let mut statement = Statement::new("SELECT * FROM payouts AS p WHERE p.currency = ");
        statement
            .bind(Argument::Text(self.currency.code().to_owned()))
            .of_partner("p.partner", Some(&self.partner))
            .within("p.booked_at", self.booked);
        if let Some(place) = after {
            let values = [
                Argument::Number(place.booked_at.0),
                Argument::Id(place.conversion),
                Argument::Number(place.number.into()),
            ];
            statement.push(" AND (p.booked_at, p.conversion, p.number) < (");
            for (number, value) in values.into_iter().enumerate() {
                statement.push(if number > 0 { ", " } else { "" });
                statement.bind(value);
            }
            statement.push(")");
        }
        statement
            .push(" ORDER BY p.booked_at DESC, p.conversion DESC, p.number DESC LIMIT ")
            .bind(Argument::Number(limit.into()));
        statement
    }
}

fn line(row: &impl Cells) -> Result<Line, StoreError> {
    Ok(Line {
        clickid: row.owned("clickid")?,
        payout: decode::payout(row)?,
    })
}
