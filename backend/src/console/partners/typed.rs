//! The secrets that a person types for the signature doctor: a field for each key the partner has, so
//! that of two that count at once either may be asked.

use postern_protocol::id::KeyId;
use postern_protocol::sign::{Key, Keyring, Secret};
use postern_protocol::time::UnixSeconds;

use super::keys;
use super::known::Known;
use crate::console::form::Posted;
use crate::partners::at_edge::KeyAtEdge;
use crate::partners::validity;

/// What the only secret is called where this backend does not see which keys there are.
const TYPED: &str = "typed";

/// A field for the secret of a key.
pub(super) struct Field {
    /// The key's name; empty where it is not known.
    pub(super) key: String,
    /// Whether it counts: `now`, `later` or `ended`.
    pub(super) standing: &'static str,
    /// From when and until when, in words.
    pub(super) validity: String,
    /// What the form calls it.
    pub(super) name: String,
}

impl Field {
    /// Of each key at the edge, as the file has them; a single one where the file is not seen.
    pub(super) fn of(partner: &Known, now: UnixSeconds) -> Vec<Self> {
        let keys = all(partner).into_iter();
        keys.map(|(name, key)| Self {
            standing: key.as_ref().map_or("now", |it| keys::standing(it, now)),
            validity: key
                .as_ref()
                .map(|it| validity(it.not_before, it.not_after))
                .unwrap_or_default(),
            key: key.map(|it| it.id).unwrap_or_default(),
            name,
        })
        .collect()
    }
}

/// Each key with the name of its field.
fn all(partner: &Known) -> Vec<(String, Option<KeyAtEdge>)> {
    let keys = partner.at_edge.as_ref().map(|it| it.keys.clone());
    match keys.filter(|keys| !keys.is_empty()) {
        None => vec![("secret".to_owned(), None)],
        Some(keys) => {
            let named = keys.into_iter();
            named
                .map(|key| (format!("secret.{}", key.id), Some(key)))
                .collect()
        }
    }
}

/// The keys whose secrets were typed; none where nothing was.
///
/// # Errors
/// Why something that was typed is no secret.
pub(super) fn keyring(partner: &Known, posted: &Posted) -> Result<Keyring, String> {
    let typed = all(partner).into_iter().filter_map(|(name, key)| {
        let text = posted.text(&name);
        (!text.is_empty()).then(|| of_key(text, key))
    });
    typed
        .collect::<Result<Vec<Key>, String>>()
        .map(Keyring::new)
}

fn of_key(text: &str, key: Option<KeyAtEdge>) -> Result<Key, String> {
    let id = key.as_ref().map_or(TYPED, |it| it.id.as_str());
    let told = |error: &dyn std::fmt::Display| match &key {
        Some(key) => format!("of {} {error}", key.id),
        None => error.to_string(),
    };
    Ok(Key {
        secret: Secret::parse(text).map_err(|error| told(&error))?,
        id: KeyId::parse(id).map_err(|error| told(&error))?,
        not_before: key.as_ref().and_then(|it| it.not_before),
        not_after: key.as_ref().and_then(|it| it.not_after),
    })
}
