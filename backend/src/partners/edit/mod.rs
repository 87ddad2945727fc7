//! Changes to `partners.toml` made for a person: a partner more, a secret more, forms pinned.
//!
//! The file stays theirs: comments, order and spacing are kept, only what is asked for changes.

mod pin;
mod rotate;

use jiff::Timestamp;
use postern_protocol::id::PartnerId;
use postern_protocol::limits::MAX_SECRETS_PER_PARTNER;
use postern_protocol::time::UnixSeconds;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

pub use pin::pin;
pub use rotate::{KeyKind, Rotated, rotate};

use super::when;
use crate::fields;

/// Why the file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file is not TOML; where and why, without the text that stands there.
    #[error("the partners file is not TOML: {0}; nothing was changed")]
    NotToml(String),
    /// There is one already.
    #[error("there is a partner {0} already; `postern partners rotate {0}` gives it a new secret")]
    Taken(PartnerId),
    /// There is none.
    #[error("there is no partner {0}; `postern partners list` shows all")]
    Unknown(PartnerId),
    /// It has a secret that is still to come.
    #[error(
        "partner {partner} has the next secret already: {key} counts from {}. Give that one to \
         the partner, or take it out of the partners file and rotate again", when::show(*.from)
    )]
    Staged {
        /// The partner.
        partner: PartnerId,
        /// The secret.
        key: String,
        /// When it begins to count.
        from: UnixSeconds,
    },
    /// It has as many secrets as it can have, and all of them count.
    #[error(
        "partner {0} has {MAX_SECRETS_PER_PARTNER} secrets that have not run out, more cannot \
         be: take one that the partner no longer uses out of the partners file and rotate again"
    )]
    Full(PartnerId),
    /// `partner` or `secrets` is no list of tables.
    #[error(
        "the partners file is not in its usual shape; see what `postern partners apply --dry-run` says"
    )]
    Shape,
}

/// A partner to be added.
#[derive(Debug, Clone)]
pub struct NewPartner<'a> {
    /// What it sends as `X-RS-Source`.
    pub id: &'a PartnerId,
    /// What people call it.
    pub brand: Option<&'a str>,
    /// Addresses and networks, as they will stand in the file.
    pub networks: &'a [String],
    /// Verified postbacks a second.
    pub rate_per_second: u32,
    /// Verified postbacks at once.
    pub burst: u32,
    /// `major` or `minor`.
    pub amount_unit: &'a str,
}

/// Appends a partner with one secret, named by the month of `now`.
///
/// # Errors
/// When the partner is there already or the file is not in its shape.
pub fn add(
    text: &str,
    partner: &NewPartner,
    secret: &str,
    now: UnixSeconds,
) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let partners = document
        .entry("partner")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let partners = partners.as_array_of_tables_mut().ok_or(EditError::Shape)?;
    if partners.iter().any(|other| has_id(other, partner.id)) {
        return Err(EditError::Taken(partner.id.clone()));
    }
    let mut table = Table::new();
    table.insert("id", value(partner.id.as_ref()));
    if let Some(brand) = partner.brand {
        table.insert("brand", value(brand));
    }
    table.insert("networks", value(Array::from_iter(partner.networks)));
    table.insert("rate_per_second", value(i64::from(partner.rate_per_second)));
    table.insert("burst", value(i64::from(partner.burst)));
    table.insert("amount_unit", value(partner.amount_unit));
    let mut secrets = Array::new();
    secrets.push(key(&month(now), secret, now));
    table.insert("secrets", value(secrets));
    if !text.is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    partners.push(table);
    Ok(document.to_string())
}

/// The file's tables. What is wrong is told without the line it is in: it may hold a secret.
fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse::<DocumentMut>()
        .map_err(|error| EditError::NotToml(fields::placed(text, error.span(), error.message())))
}

/// The partner's table.
fn table_of<'d>(
    document: &'d mut DocumentMut,
    partner: &PartnerId,
) -> Result<&'d mut Table, EditError> {
    let partners = document
        .get_mut("partner")
        .and_then(Item::as_array_of_tables_mut);
    let table = partners.and_then(|tables| tables.iter_mut().find(|table| has_id(table, partner)));
    table.ok_or_else(|| EditError::Unknown(partner.clone()))
}

fn has_id(table: &Table, id: &PartnerId) -> bool {
    table.get("id").and_then(Item::as_str) == Some(id.as_ref())
}

/// A secret made now. From when it counts is written down: by that its age is known later.
fn key(id: &str, secret: &str, now: UnixSeconds) -> InlineTable {
    let mut key = InlineTable::new();
    key.insert("id", id.into());
    key.insert("secret", secret.into());
    key.insert("not_before", when::show(now).into());
    key
}

fn month(now: UnixSeconds) -> String {
    show_as(now, "%Y-%m")
}

fn show_as(time: UnixSeconds, format: &str) -> String {
    Timestamp::from_second(time.0)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .strftime(format)
        .to_string()
}

#[cfg(test)]
mod tests;
