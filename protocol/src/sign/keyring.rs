//! A partner's secrets, each with the span in which it counts.

use super::Secret;
use crate::id::KeyId;
use crate::time::UnixSeconds;

/// One secret, its id and its span.
#[derive(Debug, Clone)]
pub struct Key {
    /// Names the secret in logs and in the ledger.
    pub id: KeyId,
    /// The secret.
    pub secret: Secret,
    /// The first second in which it counts; from ever if none.
    pub not_before: Option<UnixSeconds>,
    /// The last second in which it counts; for ever if none.
    pub not_after: Option<UnixSeconds>,
}

impl Key {
    /// Whether the secret counts now. Both ends belong to the span.
    #[must_use]
    pub fn is_live(&self, now: UnixSeconds) -> bool {
        self.not_before.is_none_or(|first| first <= now)
            && self.not_after.is_none_or(|last| now <= last)
    }
}

/// All secrets of one partner. Several may count at once while one takes another's place.
#[derive(Debug, Clone, Default)]
pub struct Keyring(Vec<Key>);

impl Keyring {
    /// A keyring of these keys.
    #[must_use]
    pub const fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// Every key, live or not.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// The keys that count now.
    pub fn live(&self, now: UnixSeconds) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| key.is_live(now))
    }
}
