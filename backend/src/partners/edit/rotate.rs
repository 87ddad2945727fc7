//! A partner's next secret: the others run out, those that have are taken out.

use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::limits::MAX_SECRETS_PER_PARTNER;
use postern_protocol::time::UnixSeconds;
use toml_edit::{Array, InlineTable, Item, TableLike, Value, value};

use super::super::when;
use super::{EditError, key, month, parse, show_as, table_of};

/// The name of a partner's first test secret.
const TEST_KEY: &str = "sandbox";

/// What a rotation made.
#[derive(Clone)]
pub struct Rotated {
    /// The file's new text.
    pub text: String,
    /// The new secret's id.
    pub key: KeyId,
    /// The ids of the secrets that had run out and were taken out.
    pub dropped: Vec<String>,
}

/// Whether a secret signs what counts, or tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// What it signs counts.
    Live,
    /// Whatever it signs is a test.
    Test,
}

/// Gives a partner one more secret and ends its others of that kind at `until`, unless they end
/// sooner. Those that ended before `now` are taken out.
///
/// # Errors
/// When there is no such partner, it has a secret that begins only after `until`, it has as
/// many as it can have, or the file is not in its shape.
pub fn rotate(
    text: &str,
    partner: &PartnerId,
    (kind, secret): (KeyKind, &str),
    now: UnixSeconds,
    until: UnixSeconds,
) -> Result<Rotated, EditError> {
    let mut document = parse(text)?;
    let table = table_of(&mut document, partner)?;
    let secrets = table.get_mut("secrets").ok_or(EditError::Shape)?;
    let taken = keys_of(secrets)?
        .iter()
        .filter_map(|key| id_of(&**key))
        .collect();
    let dropped = drop_ended(secrets, now);
    let mut keys = keys_of(secrets)?;
    if keys.len() >= MAX_SECRETS_PER_PARTNER {
        return Err(EditError::Full(partner.clone()));
    }
    for key in keys.iter_mut().filter(|key| kind_of(&***key) == kind) {
        end(&mut **key, partner, until)?;
    }
    let id = free_id(taken, kind, now);
    let mut new = key(id.as_ref(), secret, now);
    if kind == KeyKind::Test {
        new.insert("test", true.into());
    }
    push(secrets, new);
    Ok(Rotated {
        text: document.to_string(),
        key: id,
        dropped,
    })
}

fn kind_of(key: &dyn TableLike) -> KeyKind {
    match key.get("test").and_then(Item::as_bool) {
        Some(true) => KeyKind::Test,
        _ => KeyKind::Live,
    }
}

/// The secrets as tables, however they are written.
fn keys_of(secrets: &mut Item) -> Result<Vec<&mut dyn TableLike>, EditError> {
    let keys: Option<Vec<_>> = match secrets {
        Item::Value(Value::Array(keys)) => keys
            .iter_mut()
            .map(|key| Some(key.as_inline_table_mut()? as &mut dyn TableLike))
            .collect(),
        Item::ArrayOfTables(keys) => keys
            .iter_mut()
            .map(|key| Some(key as &mut dyn TableLike))
            .collect(),
        _ => None,
    };
    keys.ok_or(EditError::Shape)
}

/// Takes out the secrets that ended before `now` and returns their ids.
fn drop_ended(secrets: &mut Item, now: UnixSeconds) -> Vec<String> {
    let mut dropped = Vec::new();
    let mut stays = |key: &dyn TableLike| {
        let ended = time(key, "not_after").is_some_and(|end| end < now);
        if ended {
            dropped.push(id_of(key).unwrap_or_default());
        }
        !ended
    };
    match secrets {
        Item::Value(Value::Array(keys)) => {
            keys.retain(|key| key.as_inline_table().is_none_or(|key| stays(key)));
        }
        Item::ArrayOfTables(keys) => keys.retain(|key| stays(key)),
        _ => {}
    }
    dropped
}

/// Ends a key at `until`, unless it ends sooner. One that begins only then counts for that second: a
/// span ends after it begins.
fn end(key: &mut dyn TableLike, partner: &PartnerId, until: UnixSeconds) -> Result<(), EditError> {
    let from = time(key, "not_before");
    if let Some(from) = from.filter(|from| *from > until) {
        return Err(EditError::Staged {
            partner: partner.clone(),
            key: id_of(key).unwrap_or_default(),
            from,
        });
    }
    let begins_then = from == Some(until);
    let until = UnixSeconds(until.0 + i64::from(begins_then));
    if time(key, "not_after").is_none_or(|end| end > until) {
        key.insert("not_after", value(when::show(until)));
    }
    Ok(())
}

/// The time in a field, as far as it can be read; `apply` tells of what cannot.
fn time(key: &dyn TableLike, field: &str) -> Option<UnixSeconds> {
    let text = match key.get(field)?.as_value()? {
        Value::String(text) => text.value().clone(),
        Value::Datetime(date) => date.value().to_string(),
        _ => return None,
    };
    when::read(&toml::Value::from(text)).ok()
}

fn id_of(key: &dyn TableLike) -> Option<String> {
    Some(key.get("id")?.as_str()?.to_owned())
}

fn push(secrets: &mut Item, new: InlineTable) {
    match secrets {
        Item::Value(Value::Array(keys)) => {
            // A table on one line holds no comments, and the new key needs its comma set right.
            keys.iter_mut()
                .filter_map(Value::as_inline_table_mut)
                .for_each(InlineTable::fmt);
            push_below(keys, new);
        }
        Item::ArrayOfTables(keys) => keys.push(new.into_table()),
        _ => {}
    }
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

/// The month names a live secret, then the day, then the day and a number; a test secret is named
/// for what it is.
fn free_id(taken: Vec<String>, kind: KeyKind, now: UnixSeconds) -> KeyId {
    let (first, then) = match kind {
        KeyKind::Live => (month(now), show_as(now, "%Y-%m-%d")),
        KeyKind::Test => (TEST_KEY.to_owned(), format!("{TEST_KEY}.{}", month(now))),
    };
    let numbered = (2..).map(|number| format!("{then}.{number}"));
    let mut names = [first, then.clone()].into_iter().chain(numbered);
    let free = names.find(|name| !taken.contains(name));
    free.and_then(|name| KeyId::parse(&name).ok())
        .expect("dates are in the alphabet, and the numbers do not end before the taken ids do")
}
