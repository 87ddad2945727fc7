//! A statement in the words that SQLite and PostgreSQL share, with what is bound to it.

use std::fmt::Display;

use postern_protocol::id::PartnerId;
use uuid::Uuid;

use super::report::GROUPS_MAX;
use crate::report::period::Period;

/// Sums are taken of the part above this and the part below it apart: neither passes 64 bits before
/// there are billions of rows.
const HALF: i128 = 1_000_000_000;

/// A statement and its arguments.
#[derive(Debug, Default)]
pub(super) struct Statement {
    text: String,
    arguments: Vec<Argument>,
}

/// What is bound to a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    Number(i64),
    Text(String),
    Id(Uuid),
}

/// How a database is told to compare texts by their bytes, whatever its collation: behind a column.
pub(super) type ByteOrder = &'static str;

impl Statement {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            arguments: Vec::new(),
        }
    }

    /// Words with a placeholder for each value.
    pub(super) fn with(text: &'static str, values: impl Into<Vec<Argument>>) -> Self {
        Self {
            text: text.to_owned(),
            arguments: values.into(),
        }
    }

    /// Appends words of ours; nothing that came from outside goes here.
    pub(super) fn push(&mut self, words: impl Display) -> &mut Self {
        self.text.push_str(&words.to_string());
        self
    }

    /// Appends a placeholder for a value.
    pub(super) fn bind(&mut self, value: Argument) -> &mut Self {
        self.arguments.push(value);
        self.push(format_args!("${}", self.arguments.len()))
    }

    /// Keeps to a partner, where one is named.
    pub(super) fn of_partner(&mut self, column: &str, partner: Option<&PartnerId>) -> &mut Self {
        if let Some(partner) = partner {
            self.push(format_args!(" AND {column} = "))
                .bind(Argument::Text(partner.to_string()));
        }
        self
    }

    /// Keeps to tests or to live deliveries, where it is asked for.
    pub(super) fn tests(&mut self, column: &str, is_test: Option<bool>) -> &mut Self {
        match is_test {
            Some(true) => self.push(format_args!(" AND {column} IS NOT NULL")),
            Some(false) => self.push(format_args!(" AND {column} IS NULL")),
            None => self,
        }
    }

    /// Keeps to a period.
    pub(super) fn within(&mut self, column: &str, period: Period) -> &mut Self {
        if let Some(from) = period.starts_at() {
            self.push(format_args!(" AND {column} >= "))
                .bind(Argument::Number(from.0));
        }
        if let Some(until) = period.ends_before() {
            self.push(format_args!(" AND {column} < "))
                .bind(Argument::Number(until.0));
        }
        self
    }

    /// Appends another statement whole; nothing was bound to ours before.
    pub(super) fn nest(&mut self, inner: Self) -> &mut Self {
        debug_assert!(
            self.arguments.is_empty(),
            "placeholders are counted from one"
        );
        self.arguments = inner.arguments;
        self.push(inner.text)
    }

    /// Groups by the columns selected first, so many; one group more than may be, so that too many
    /// are noticed.
    pub(super) fn grouped(&mut self, columns: usize) -> &mut Self {
        self.grouped_all(columns)
            .push(format_args!(" LIMIT {}", GROUPS_MAX + 1))
    }

    /// Groups by the columns selected first, however many groups that gives.
    pub(super) fn grouped_all(&mut self, columns: usize) -> &mut Self {
        let places: Vec<String> = (1..=columns).map(|place| place.to_string()).collect();
        if !places.is_empty() {
            self.push(format_args!(" GROUP BY {}", places.join(", ")));
        }
        self
    }

    /// Groups by the columns selected first, so many, and keeps the first groups in an order.
    pub(super) fn grouped_first(&mut self, columns: usize, order: &str, first: usize) -> &mut Self {
        self.grouped_all(columns)
            .push(format_args!(" ORDER BY {order} LIMIT {first}"))
    }

    /// The text and what is bound to it.
    pub(super) fn into_parts(self) -> (String, Vec<Argument>) {
        (self.text, self.arguments)
    }
}

/// Selects the two halves of a sum, as `high` and `low`.
pub(super) fn halves(column: &str) -> String {
    halves_as("", column)
}

/// The same with `prefix` before the two names.
pub(super) fn halves_as(prefix: &str, column: &str) -> String {
    format!(
        "CAST(coalesce(sum({column} / {HALF}), 0) AS BIGINT) AS {prefix}high, \
         CAST(coalesce(sum({column} % {HALF}), 0) AS BIGINT) AS {prefix}low"
    )
}

/// The sum of two halves.
pub(super) fn whole(high: i64, low: i64) -> i128 {
    i128::from(high) * HALF + i128::from(low)
}
