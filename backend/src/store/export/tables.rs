//! What is exported of each table: the columns, their names outside, and the order.

/// Which rows are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exported {
    /// The delivery log, with raw requests.
    Deliveries,
    /// Conversions in their present state.
    Conversions,
    /// The lines of money.
    Payouts,
    /// The click log; `clicks import` reads it back.
    Clicks,
    /// The answers to flags.
    Decisions,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text that somebody else wrote.
    Outside,
    /// A word of ours.
    Word,
    /// JSON of ours.
    Json,
    /// A whole number.
    Number,
    /// An id.
    Id,
    /// A moment.
    Time,
    /// A number of smallest units of the currency in that column.
    Amount(&'static str),
    /// Bytes as they came: two columns, the second for what is no text.
    Bytes,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// Its name in the database.
    pub(super) source: &'static str,
    /// What it holds.
    pub(super) kind: Kind,
    /// Its names outside.
    names: &'static [&'static str],
}

impl Column {
    pub(super) const fn names(&self) -> &'static [&'static str] {
        self.names
    }
}

/// What rows are ordered by: no two of a table have the same.
pub(in crate::store) type Key = &'static [&'static str];

/// The lines of money where those of a click are kept together.
pub(in crate::store) const PAYOUTS_BY_CLICK: Key = &["t.clickid", "t.conversion", "t.number"];

/// The lines of money where those of a conversion are kept together.
pub(in crate::store) const PAYOUTS_BY_CONVERSION: Key = &["t.conversion", "t.number"];

/// The answers to a flag in their order.
const DECISIONS_BY_FLAG: Key = &[
    "t.clickid",
    "t.conversion",
    "t.delivery",
    "t.reason",
    "t.number",
];

/// A table as it is exported.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
    /// What it is ordered by.
    pub(super) key: Key,
    /// The time a period is about.
    pub(super) time: &'static str,
    /// Whose a row is; none: its conversion's.
    pub(super) partner: Option<&'static str>,
}

impl Table {
    /// The columns to select. Numbers may be narrower in the database than where they are read.
    pub(super) fn selected(&self) -> String {
        let column = |column: &Column| match (column.source, column.kind) {
            (name, Kind::Number) => format!("CAST(t.{name} AS BIGINT) AS {name}"),
            (name, _) => format!("t.{name} AS {name}"),
        };
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        columns.join(", ")
    }
}

/// Columns as `kind name`, or `kind name as names outside`.
macro_rules! columns {
    ($($kind:expr => $source:ident $(as $($name:ident)+)?,)+) => {
        &[$(Column {
            source: stringify!($source),
            kind: $kind,
            names: columns!(@names $source $(as $($name)+)?),
        }),+]
    };
    (@names $source:ident) => { &[stringify!($source)] };
    (@names $source:ident as $($name:ident)+) => { &[$(stringify!($name)),+] };
}

use Kind::{Amount, Bytes, Id, Json, Number, Outside, Time, Word};

const DELIVERIES: &[Column] = columns! {
    Id => id,
    Time => received_at,
    Word => partner,
    Outside => clickid,
    Word => verdict,
    Id => repeat_of,
    Id => conversion,
    Json => flags,
    Json => warnings,
    Json => errors,
    Word => form,
    Word => key_id,
    Word => address,
    Outside => request_id,
    Word => method,
    Outside => content_type,
    Bytes => query as query query_base64,
    Bytes => body as body body_base64,
    Json => test,
};

const CONVERSIONS: &[Column] = columns! {
    Id => id,
    Outside => clickid,
    Word => partner,
    Word => event,
    Word => status,
    Amount("currency") => amount_minor as amount,
    Word => currency,
    Time => occurred_at,
    Word => geo,
    Outside => sub_id_1,
    Outside => sub_id_2,
    Word => payment_method,
    Outside => transaction_id,
    Outside => reason,
    Outside => identity,
    Number => ordinal,
    Word => opened_as,
    Time => opened_at,
    Time => changed_at,
    Number => revision,
    Number => blocking_flags,
    Word => terms,
};

const PAYOUTS: &[Column] = columns! {
    Outside => clickid,
    Id => conversion,
    Number => number,
    Word => partner,
    Word => kind,
    Word => step,
    Amount("currency") => amount_minor as amount,
    Word => currency,
    Word => rule,
    Word => terms,
    Id => delivery,
    Id => decision,
    Time => earned_at,
    Time => booked_at,
    Time => due_at,
};

const CLICKS: &[Column] = columns! {
    Outside => clickid,
    Word => partner,
    Time => clicked_at,
    Amount("cost_currency") => cost_minor as cost,
    Word => cost_currency as currency,
    Word => geo,
    Outside => sub_id_1,
    Outside => sub_id_2,
};

const DECISIONS: &[Column] = columns! {
    Outside => clickid,
    Id => conversion,
    Id => delivery,
    Word => reason,
    Id => id,
    Time => decided_at,
    Word => outcome,
    Outside => decided_by,
    Outside => note,
    Number => number,
};

impl Exported {
    /// The table, in a store that keeps the lines of money by this key: by another one each page
    /// would sort all of them.
    pub(super) const fn table(self, payouts_by: Key) -> Table {
        match self {
            Self::Deliveries => Table {
                name: "deliveries",
                columns: DELIVERIES,
                key: &["t.id"],
                time: "t.received_at",
                partner: Some("t.partner"),
            },
            Self::Conversions => Table {
                name: "conversions",
                columns: CONVERSIONS,
                key: &["t.id"],
                time: "t.occurred_at",
                partner: Some("t.partner"),
            },
            Self::Payouts => Table {
                name: "payouts",
                columns: PAYOUTS,
                key: payouts_by,
                time: "t.booked_at",
                partner: Some("t.partner"),
            },
            Self::Clicks => Table {
                name: "clicks",
                columns: CLICKS,
                key: &["t.clickid"],
                time: "t.clicked_at",
                partner: Some("t.partner"),
            },
            Self::Decisions => Table {
                name: "decisions",
                columns: DECISIONS,
                key: DECISIONS_BY_FLAG,
                time: "t.decided_at",
                partner: None,
            },
        }
    }
}
