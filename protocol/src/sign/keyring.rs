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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn key(not_before: Option<i64>, not_after: Option<i64>) -> Key {
        Key {
            id: KeyId::parse("k1").unwrap(),
            secret: Secret::parse("a long secret").unwrap(),
            not_before: not_before.map(UnixSeconds),
            not_after: not_after.map(UnixSeconds),
        }
    }

    #[test]
    fn both_ends_of_a_span_belong_to_it() {
        let live = |not_before, not_after| {
            let key = key(not_before, not_after);
            [9, 10, 20, 21].map(|now| key.is_live(UnixSeconds(now)))
        };
        assert_eq!(live(Some(10), Some(20)), [false, true, true, false]);
        assert_eq!(live(Some(10), None), [false, true, true, true]);
        assert_eq!(live(None, Some(20)), [true, true, true, false]);
        assert_eq!(live(None, None), [true; 4]);
    }

    #[test]
    fn a_keyring_prints_its_ids_and_no_secret() {
        let printed = format!("{:?}", Keyring::new(vec![key(Some(1), None)]));
        assert!(
            printed.contains("k1") && !printed.contains("a long secret"),
            "{printed}"
        );
    }
}
