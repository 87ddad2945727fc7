//! Changes to `partners.toml` made for a person: a partner more, a secret more.
//!
//! The file stays theirs: comments, order and spacing are kept, only what is asked for changes.

use jiff::Timestamp;
use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::time::UnixSeconds;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

use super::when;

/// Why the file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file is not TOML.
    #[error("the partners file is not TOML: {0}")]
    NotToml(#[from] toml_edit::TomlError),
    /// There is one already.
    #[error("there is a partner {0} already; `postern partners rotate {0}` gives it a new secret")]
    Taken(PartnerId),
    /// There is none.
    #[error("there is no partner {0}; `postern partners list` shows all")]
    Unknown(PartnerId),
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
    let mut document: DocumentMut = text.parse()?;
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
    secrets.push(key(&month(now), secret));
    table.insert("secrets", value(secrets));
    if !text.is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    partners.push(table);
    Ok(document.to_string())
}

/// Gives a partner one more secret and ends its others at `until`, unless they end sooner.
/// Returns the file's new text and the new secret's id.
///
/// # Errors
/// When there is no such partner or the file is not in its shape.
pub fn rotate(
    text: &str,
    partner: &PartnerId,
    secret: &str,
    now: UnixSeconds,
    until: UnixSeconds,
) -> Result<(String, KeyId), EditError> {
    let mut document: DocumentMut = text.parse()?;
    let partners = document
        .get_mut("partner")
        .and_then(Item::as_array_of_tables_mut);
    let table = partners.and_then(|tables| tables.iter_mut().find(|table| has_id(table, partner)));
    let table = table.ok_or_else(|| EditError::Unknown(partner.clone()))?;
    let secrets = table.get_mut("secrets").ok_or(EditError::Shape)?;
    let id = match secrets {
        Item::Value(Value::Array(keys)) => {
            let tables = keys
                .iter_mut()
                .map(|key| Some(key.as_inline_table_mut()? as &mut dyn TableLike));
            let id = free_id(end_all(tables, until)?, now);
            // A table on one line holds no comments, and the new key needs its comma set right.
            keys.iter_mut()
                .filter_map(Value::as_inline_table_mut)
                .for_each(InlineTable::fmt);
            push_below(keys, key(id.as_ref(), secret));
            id
        }
        Item::ArrayOfTables(keys) => {
            let tables = keys.iter_mut().map(|key| Some(key as &mut dyn TableLike));
            let id = free_id(end_all(tables, until)?, now);
            keys.push(key(id.as_ref(), secret).into_table());
            id
        }
        _ => return Err(EditError::Shape),
    };
    Ok((document.to_string(), id))
}

/// Appends `new`, on a line of its own where the others have theirs.
fn push_below(keys: &mut Array, new: InlineTable) {
    let last = keys
        .iter()
        .last()
        .and_then(|key| key.decor().prefix()?.as_str());
    let line = last.and_then(|prefix| prefix.rfind('\n').map(|at| prefix[at..].to_owned()));
    keys.push(new);
    let index = keys.len() - 1;
    if let (Some(line), Some(new)) = (line, keys.get_mut(index)) {
        new.decor_mut().set_prefix(line);
    }
}

fn has_id(table: &Table, id: &PartnerId) -> bool {
    table.get("id").and_then(Item::as_str) == Some(id.as_ref())
}

/// Ends each key at `until` and returns the ids that are taken.
fn end_all<'t>(
    keys: impl Iterator<Item = Option<&'t mut dyn TableLike>>,
    until: UnixSeconds,
) -> Result<Vec<String>, EditError> {
    let mut ids = Vec::new();
    for key in keys {
        let key = key.ok_or(EditError::Shape)?;
        ids.extend(key.get("id").and_then(Item::as_str).map(str::to_owned));
        if ends(key).is_none_or(|end| end.0 > until.0) {
            key.insert("not_after", value(when::show(until)));
        }
    }
    Ok(ids)
}

/// When a key ends, as far as that can be read; `apply` tells of what cannot.
fn ends(key: &dyn TableLike) -> Option<UnixSeconds> {
    let text = match key.get("not_after")?.as_value()? {
        Value::String(text) => text.value().clone(),
        Value::Datetime(date) => date.value().to_string(),
        _ => return None,
    };
    when::read(&toml::Value::from(text)).ok()
}

fn key(id: &str, secret: &str) -> InlineTable {
    let mut key = InlineTable::new();
    key.insert("id", id.into());
    key.insert("secret", secret.into());
    key
}

/// The month names a secret, then the day, then the day and a number.
fn free_id(taken: Vec<String>, now: UnixSeconds) -> KeyId {
    let day = show_as(now, "%Y-%m-%d");
    let numbered = (2..).map(|number| format!("{day}.{number}"));
    let mut names = [month(now), day.clone()].into_iter().chain(numbered);
    let free = names.find(|name| !taken.contains(name));
    free.and_then(|name| KeyId::parse(&name).ok())
        .expect("dates are in the alphabet, and the numbers do not end before the taken ids do")
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
