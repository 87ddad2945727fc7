//! The secrets of one partner: where each comes from and when it is valid.

use std::path::Path;

use postern_protocol::id::{KeyId, TEST_KEY_PREFIX};
use postern_protocol::limits::MAX_SECRETS_PER_PARTNER;
use postern_protocol::mistakes::Mistakes;
use postern_protocol::sign::Secret;
use postern_protocol::time::UnixSeconds;
use toml::Table;

use super::when;
use crate::fields::Fields;
use crate::files;

/// One secret of a partner.
#[derive(Debug, Clone)]
pub struct PartnerKey {
    /// Its name, shown in logs and tables. That of a test secret says that it is one.
    pub id: KeyId,
    /// The secret itself.
    pub secret: Secret,
    /// The first second in which it counts; from ever if none.
    pub not_before: Option<UnixSeconds>,
    /// The last second in which it counts; for ever if none.
    pub not_after: Option<UnixSeconds>,
}

/// Where secrets that are not written in the file come from.
pub struct Sources<'s> {
    /// The folder that relative `file = "…"` paths start from.
    pub folder: &'s Path,
    /// Looks up `env = "…"`.
    pub environment: &'s dyn Fn(&str) -> Option<String>,
}

/// Reads `secrets = [ … ]` of the partner at `path`.
pub(super) fn read(
    path: &str,
    tables: Vec<Table>,
    sources: &Sources,
    notes: &mut Mistakes,
) -> Vec<PartnerKey> {
    if tables.is_empty() || tables.len() > MAX_SECRETS_PER_PARTNER {
        notes.add(
            format!("{path}.secrets"),
            format!(
                "must hold 1 to {MAX_SECRETS_PER_PARTNER} secrets, not {}",
                tables.len()
            ),
        );
    }
    let mut keys: Vec<PartnerKey> = Vec::new();
    for (index, table) in tables.into_iter().enumerate() {
        let place = format!("{path}.secrets[{}]", index + 1);
        let Some(key) = read_one(&place, table, sources, notes) else {
            continue;
        };
        if keys.iter().any(|other| other.id == key.id) {
            notes.add(
                format!("{place}.id"),
                format!("{} is the id of another secret: ids must differ", key.id),
            );
        }
        if keys
            .iter()
            .any(|other| other.secret.expose() == key.secret.expose())
        {
            notes.add(
                place,
                "is the same secret as another of this partner: remove one",
            );
        }
        keys.push(key);
    }
    keys
}

fn read_one(
    place: &str,
    table: Table,
    sources: &Sources,
    notes: &mut Mistakes,
) -> Option<PartnerKey> {
    let mut fields = Fields::new(place, table, notes);
    fields.require("id", "a name for the secret, as id = \"2026-01\"");
    let id = fields.text("id", |text| Ok(text.to_owned()));
    let is_test = fields.value("test", |value| {
        value.as_bool().ok_or("must be true or false".to_owned())
    });
    let id = id.map(|text| id_of(&text, is_test.unwrap_or_default()));
    let id = id.and_then(|id| id.map_err(|error| fields.wrong("id", error)).ok());
    let secret = secret(&mut fields, sources);
    let not_before = fields.value("not_before", when::read);
    let not_after = fields.value("not_after", when::read);
    if let (Some(from), Some(until)) = (not_before, not_after)
        && from.0 >= until.0
    {
        fields.wrong("not_after", "must be later than not_before");
    }
    fields.finish();
    Some(PartnerKey {
        id: id?,
        secret: secret?,
        not_before,
        not_after,
    })
}

/// The name of a test secret bears its prefix, that of a live one must not.
fn id_of(text: &str, is_test: bool) -> Result<KeyId, String> {
    if is_test {
        return KeyId::of_test(text).map_err(|error| error.to_string());
    }
    let id = KeyId::parse(text).map_err(|error| error.to_string())?;
    if id.is_test() {
        return Err(format!(
            "begins with {TEST_KEY_PREFIX:?}, as only names of test secrets do: add test = true, \
             or choose another"
        ));
    }
    Ok(id)
}

fn secret(fields: &mut Fields, sources: &Sources) -> Option<Secret> {
    let inline = fields.text("secret", |text| Ok(text.to_owned()));
    let from_file = fields.text("file", |name| {
        let text = files::read(&sources.folder.join(name)).map_err(|error| error.to_string())?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    });
    let from_environment = fields.text("env", |name| {
        (sources.environment)(name).ok_or_else(|| format!("the variable {name} is not set"))
    });
    let mut given: Vec<String> = [inline, from_file, from_environment]
        .into_iter()
        .flatten()
        .collect();
    let text = given.pop();
    if !given.is_empty() {
        fields.wrong(
            "secret",
            "is given more than once: keep one of secret, file, env",
        );
        return None;
    }
    let Some(text) = text else {
        if !fields.had_any(&["secret", "file", "env"]) {
            fields.wrong(
                "secret",
                "is missing: write secret = \"…\", file = \"…\" or env = \"…\"",
            );
        }
        return None;
    };
    Secret::parse(&text)
        .map_err(|error| fields.wrong("secret", error.to_string()))
        .ok()
}
