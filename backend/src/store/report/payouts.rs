//! The lines of money by partner and time, for the payouts report.

use std::fmt::Write as _;

use postern_protocol::currency::Currency;
use postern_protocol::id::PartnerId;
use postern_protocol::time::UnixSeconds;

use super::counted;
use crate::agreement::Terms;
use crate::payout::{PayoutKind, PayoutStep};
use crate::report::period::{DAY_SECONDS, Day, Month, Period};
use crate::store::StoreError;
use crate::store::row::Cells;
use crate::store::statement::{Argument, Statement, halves, whole};

/// By which stretch of time lines of money are summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stretch {
    /// UTC months; the only one by which shares can be balanced.
    #[default]
    Month,
    /// UTC days.
    Day,
    /// The period as a whole.
    Whole,
}

/// What a payouts report is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutQuery {
    /// The days on which lines were booked.
    pub period: Period,
    /// Only this partner's.
    pub partner: Option<PartnerId>,
    /// How rows are told apart.
    pub by: Stretch,
    /// What is due until then is due; the rest is held.
    pub now: UnixSeconds,
}

/// The lines of one sort together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutSum {
    /// Whose.
    pub partner: String,
    /// The first day of the stretch they were booked in; none for the period as a whole.
    pub since: Option<Day>,
    /// In which currency.
    pub currency: Currency,
    /// What they are earned by.
    pub kind: PayoutKind,
    /// What they did.
    pub step: PayoutStep,
    /// Whether they are due, and not held any more.
    pub is_due: bool,
    /// Of shares, the version of the terms they were computed by.
    pub terms: Option<String>,
    /// How many.
    pub entries: u64,
    /// What they add up to, in the currency's smallest unit.
    pub minor: i128,
}

/// Terms by which something was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedTerms {
    /// Whose.
    pub partner: String,
    /// What they say.
    pub terms: Terms,
}

/// All a payouts report is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PayoutRows {
    /// The sums. By month they begin with the first line there is, whatever the period: what a
    /// month is left by the one before cannot be known otherwise.
    pub sums: Vec<PayoutSum>,
    /// The terms that shares were computed by.
    pub terms: Vec<BookedTerms>,
}

impl PayoutQuery {
    /// When the first and the last of the lines were booked.
    pub(in crate::store) fn span(&self) -> Statement {
        let mut statement = Statement::new(
            "SELECT min(p.booked_at) AS first_at, max(p.booked_at) AS last_at FROM payouts AS p \
             WHERE 1 = 1",
        );
        self.choose(&mut statement);
        statement
    }

    /// The sums of lines booked from the first day to the last.
    pub(in crate::store) fn sums(&self, first: Day, last: Day) -> Statement {
        let mut statement = Statement::default();
        let since = match self.by {
            Stretch::Month => {
                statement.push(months(first, last));
                "m.since"
            }
            Stretch::Day => "p.booked_at / 86400 * 86400",
            Stretch::Whole => "CAST(NULL AS BIGINT)",
        };
        statement
            .push("SELECT p.partner AS partner, p.currency AS currency, p.kind AS kind, ")
            .push("p.step AS step, ")
            .push("CASE WHEN p.kind = 'revshare' THEN p.terms END AS terms, ")
            .push("CAST(CASE WHEN p.due_at <= ")
            .bind(Argument::Number(self.now.0))
            .push(" THEN 1 ELSE 0 END AS BIGINT) AS is_due, ")
            .push(format_args!("{since} AS since, count(*) AS n, "))
            .push(halves("p.amount_minor"))
            .push(" FROM payouts AS p");
        if self.by == Stretch::Month {
            statement.push(" JOIN m ON p.booked_at >= m.since AND p.booked_at < m.until");
        }
        statement.push(" WHERE 1 = 1");
        self.choose(&mut statement);
        statement.grouped(if self.by == Stretch::Whole { 6 } else { 7 });
        statement
    }

    /// The texts of the terms that shares were computed by.
    pub(in crate::store) fn terms(&self) -> Statement {
        let mut statement = Statement::new(
            "SELECT t.partner AS partner, t.body AS body FROM terms AS t WHERE 1 = 1",
        );
        statement
            .of_partner("t.partner", self.partner.as_ref())
            .grouped(0);
        statement
    }

    fn choose(&self, statement: &mut Statement) {
        let from = self.period.from.filter(|_| self.by != Stretch::Month);
        let period = Period {
            from,
            ..self.period
        };
        statement
            .of_partner("p.partner", self.partner.as_ref())
            .within("p.booked_at", period);
    }
}

/// The months from one day to another, as a table to join.
fn months(first: Day, last: Day) -> String {
    let mut text = "WITH m(since, until) AS (VALUES ".to_owned();
    let mut month: Month = first.month();
    loop {
        let next = month.last().next();
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "(CAST({} AS BIGINT), CAST({} AS BIGINT))",
            month.first().start().0,
            next.start().0
        );
        if next > last {
            break;
        }
        text.push_str(", ");
        month = next.month();
    }
    text.push_str(") ");
    text
}

/// When the first and the last line were booked, where there is any.
pub(in crate::store) fn span(row: &impl Cells) -> Result<Option<(Day, Day)>, StoreError> {
    let first = row.seconds_or_null("first_at")?;
    let last = row.seconds_or_null("last_at")?;
    Ok(first.map(Day::of).zip(last.map(Day::of)))
}

pub(in crate::store) fn payout_sum(row: &impl Cells) -> Result<PayoutSum, StoreError> {
    let since = row.number_or_null("since")?;
    Ok(PayoutSum {
        partner: row.owned("partner")?,
        since: since.map(|at| Day(at.div_euclid(DAY_SECONDS))),
        currency: row.word("currency", |code| Currency::parse(code).ok())?,
        kind: row.word("kind", PayoutKind::parse)?,
        step: row.word("step", PayoutStep::parse)?,
        is_due: row.number("is_due")? != 0,
        terms: row.owned_or_null("terms")?,
        entries: counted(row)?,
        minor: whole(row.number("high")?, row.number("low")?),
    })
}

pub(in crate::store) fn booked_terms(row: &impl Cells) -> Result<BookedTerms, StoreError> {
    Ok(BookedTerms {
        partner: row.owned("partner")?,
        terms: row.word("body", |body| Terms::from_json(body).ok())?,
    })
}
