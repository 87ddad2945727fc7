//! The statements that store many conversions at once. Each row is a copy of one the product wrote, with another click,
//! another id and another time; so whatever the product writes is stored, and nothing else.

use crate::backend::engine::Engine;

/// Rows that are stored in one go: the key of each.
pub(super) const KEYS: &str = "fill_keys";

/// Makes the table of keys, in the connection's own space.
pub(super) fn make_keys(engine: Engine) -> String {
    let (blob, int) = match engine {
        Engine::Sqlite => ("BLOB", "INTEGER"),
        Engine::Postgres => ("BYTEA", "BIGINT"),
    };
    let id = if engine == Engine::Sqlite {
        "BLOB"
    } else {
        "UUID"
    };
    format!(
        "CREATE TEMPORARY TABLE {KEYS} (clickid TEXT, id {id}, fingerprint {blob}, received_at {int})"
    )
}

/// What of a table differs from row to row; `t` is the product's own row, `k` the key.
const fn varying(table: Table) -> &'static [(&'static str, &'static str)] {
    match table {
        Table::Clicks => &[("clickid", "k.clickid")],
        Table::Contents => &[
            ("clickid", "k.clickid"),
            ("fingerprint", "k.fingerprint"),
            ("delivery", "k.id"),
        ],
        Table::Known => &[
            ("clickid", "k.clickid"),
            (
                "name",
                "CASE WHEN t.partner = '' THEN k.fingerprint ELSE t.name END",
            ),
            ("id", "k.id"),
        ],
        Table::Conversions => &[
            ("clickid", "k.clickid"),
            ("id", "k.id"),
            ("opened_at", "k.received_at"),
        ],
        Table::Payouts => &[
            ("clickid", "k.clickid"),
            ("conversion", "k.id"),
            ("delivery", "k.id"),
            ("booked_at", "k.received_at"),
            ("due_at", "t.due_at - t.booked_at + k.received_at"),
        ],
        Table::Deliveries => &[
            ("clickid", "k.clickid"),
            ("id", "k.id"),
            ("fingerprint", "k.fingerprint"),
            ("received_at", "k.received_at"),
            ("conversion", "k.id"),
        ],
    }
}

/// A table that grows with each conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Clicks,
    /// On PostgreSQL.
    Contents,
    /// On SQLite, in place of it.
    Known,
    Conversions,
    Payouts,
    Deliveries,
}

impl Table {
    pub(super) const fn all(engine: Engine) -> [Self; 5] {
        let contents = match engine {
            Engine::Sqlite => Self::Known,
            Engine::Postgres => Self::Contents,
        };
        [
            Self::Clicks,
            contents,
            Self::Conversions,
            Self::Payouts,
            Self::Deliveries,
        ]
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Clicks => "clicks",
            Self::Contents => "contents",
            Self::Known => "known",
            Self::Conversions => "conversions",
            Self::Payouts => "payouts",
            Self::Deliveries => "deliveries",
        }
    }

    /// Copies the product's row about the click `model` for each key. `columns` are all the table has.
    pub(super) fn copy(self, engine: Engine, columns: &[String], model: &str) -> String {
        let body = match engine {
            Engine::Sqlite => {
                format!("CAST(replace(CAST(t.body AS TEXT), '{model}', k.clickid) AS BLOB)")
            }
            Engine::Postgres => format!(
                "overlay(t.body PLACING convert_to(k.clickid, 'UTF8') \
                 FROM position(convert_to('{model}', 'UTF8') IN t.body))"
            ),
        };
        let value = |column: &String| match varying(self).iter().find(|(it, _)| it == column) {
            Some((_, value)) => (*value).to_owned(),
            None if column == "body" => body.clone(),
            None => format!("t.{column}"),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        // SQLite finds some by the conversion alone, which has the id of its delivery.
        let by_conversion = |of| {
            format!(" AND {of} IN (SELECT id FROM click_conversions WHERE clickid = '{model}')")
        };
        let nearer = match self {
            Self::Payouts => by_conversion("conversion"),
            Self::Conversions | Self::Deliveries => by_conversion("id"),
            Self::Clicks | Self::Contents | Self::Known => String::new(),
        };
        format!(
            "INSERT INTO {name} ({columns}) SELECT {values} FROM {KEYS} AS k \
             CROSS JOIN (SELECT * FROM {name} WHERE clickid = '{model}'{nearer}) AS t",
            name = self.name(),
            columns = columns.join(", "),
            values = values.join(", "),
        )
    }
}
