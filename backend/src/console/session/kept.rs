//! The sessions that are open.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::draft::Draft;
use crate::admin::TokenDigest;
use crate::partners::{SECRET_BYTES, strong_secret};

/// A session that asks for nothing for so long is over.
pub(in crate::console) const SESSION_IDLE: Duration = Duration::from_secs(8 * 3_600);

/// However busy it is, a session is over after this.
pub(in crate::console) const SESSION_LIFE: Duration = Duration::from_secs(24 * 3_600);

/// Sessions at once. One more ends the one that was used least recently.
pub(in crate::console) const MAX_SESSIONS: usize = 1_000;

/// What the cookie's value is known by here: whoever reads our memory cannot log in by it.
type Key = [u8; 32];

/// The sessions that are open.
#[derive(Default)]
pub(in crate::console) struct Sessions(Mutex<HashMap<Key, Kept>>);

/// An open session.
#[derive(Clone)]
pub(in crate::console) struct Kept {
    /// The token it was opened by.
    pub(in crate::console) token: TokenDigest,
    /// What its forms carry.
    pub(in crate::console) csrf: String,
    /// When it was opened.
    pub(in crate::console) opened: Duration,
    seen: Duration,
    /// What was written before it was opened: some 64 KiB at the most.
    draft: Option<Draft>,
}

/// Randomness for a new session.
pub(in crate::console) struct Fresh {
    pub(in crate::console) cookie: [u8; SECRET_BYTES],
    pub(in crate::console) csrf: [u8; SECRET_BYTES],
}

impl Fresh {
    /// From the system.
    pub(in crate::console) fn draw() -> Result<Self, getrandom::Error> {
        let mut fresh = Self {
            cookie: [0; SECRET_BYTES],
            csrf: [0; SECRET_BYTES],
        };
        getrandom::fill(&mut fresh.cookie)?;
        getrandom::fill(&mut fresh.csrf)?;
        Ok(fresh)
    }
}

impl Kept {
    /// Since `now` or before: a clock that steps back ends nothing.
    fn is_over(&self, now: Duration) -> bool {
        now.saturating_sub(self.seen) >= SESSION_IDLE
            || now.saturating_sub(self.opened) >= SESSION_LIFE
    }
}

impl Sessions {
    /// Opens one and gives the cookie's value, which is kept nowhere else.
    pub(in crate::console) fn open(
        &self,
        token: TokenDigest,
        fresh: &Fresh,
        now: Duration,
    ) -> String {
        let cookie = strong_secret(fresh.cookie);
        let mut kept = self.lock();
        kept.retain(|_, session| !session.is_over(now));
        if kept.len() >= MAX_SESSIONS {
            let oldest = kept.iter().min_by_key(|(_, session)| session.seen);
            if let Some(key) = oldest.map(|(key, _)| *key) {
                kept.remove(&key);
            }
        }
        let session = Kept {
            token,
            csrf: strong_secret(fresh.csrf),
            opened: now,
            seen: now,
            draft: None,
        };
        kept.insert(key(&cookie), session);
        cookie
    }

    /// The session of a cookie, which is used by that.
    pub(in crate::console) fn find(&self, cookie: &str, now: Duration) -> Option<Kept> {
        let mut kept = self.lock();
        let key = key(cookie);
        let session = kept.get_mut(&key)?;
        if session.is_over(now) {
            kept.remove(&key);
            return None;
        }
        session.seen = session.seen.max(now);
        Some(session.clone())
    }

    /// The same, and it is not used by that.
    pub(in crate::console) fn look(&self, cookie: &str, now: Duration) -> Option<Kept> {
        let kept = self.lock();
        kept.get(&key(cookie))
            .filter(|it| !it.is_over(now))
            .cloned()
    }

    /// Keeps for a session what was written before it.
    pub(in crate::console) fn keep_draft(&self, cookie: &str, draft: Draft) {
        if let Some(session) = self.lock().get_mut(&key(cookie)) {
            session.draft = Some(draft);
        }
    }

    /// What was written on a page before the session was opened, once.
    pub(in crate::console) fn take_draft(&self, cookie: &str, path: &str) -> Option<Draft> {
        let mut kept = self.lock();
        let session = kept.get_mut(&key(cookie))?;
        session.draft.take_if(|draft| draft.path == path)
    }

    /// Ends the session of a cookie.
    pub(in crate::console) fn close(&self, cookie: &str) {
        self.lock().remove(&key(cookie));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(cookie: &str) -> Key {
    Sha256::digest(cookie).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::{Role, TokenName, Tokens};

    const START: Duration = Duration::from_secs(1_717_000_000);

    fn digest() -> TokenDigest {
        let mut tokens = Tokens::default();
        let name = TokenName::parse("ada").expect("a name");
        tokens.issue(name, Role::Admin, [1; 32]).expect("issued");
        tokens.holders().next().expect("ada").digest
    }

    fn fresh(number: usize) -> Fresh {
        let mut cookie = [0; SECRET_BYTES];
        cookie[..8].copy_from_slice(&number.to_le_bytes());
        Fresh {
            cookie,
            csrf: [9; SECRET_BYTES],
        }
    }

    #[test]
    fn a_session_is_found_by_its_cookie_until_it_is_closed() {
        let sessions = Sessions::default();
        let cookie = sessions.open(digest(), &fresh(1), START);
        assert!(sessions.find(&cookie, START).is_some());
        assert!(sessions.find("another", START).is_none());
        sessions.close(&cookie);
        assert!(sessions.find(&cookie, START).is_none());
    }

    #[test]
    fn it_ends_when_nobody_uses_it() {
        let sessions = Sessions::default();
        let cookie = sessions.open(digest(), &fresh(1), START);
        let just_before = SESSION_IDLE - Duration::from_secs(1);
        assert!(sessions.find(&cookie, START + just_before).is_some());
        assert!(sessions.find(&cookie, START + just_before * 2).is_some());
        let late = START + just_before * 2 + SESSION_IDLE;
        assert!(sessions.find(&cookie, late).is_none());
        assert!(sessions.find(&cookie, START).is_none(), "it is gone");
    }

    #[test]
    fn to_look_whether_it_is_open_does_not_keep_it_open() {
        let sessions = Sessions::default();
        let cookie = sessions.open(digest(), &fresh(1), START);
        let just_before = SESSION_IDLE - Duration::from_secs(1);
        assert_eq!(
            sessions
                .look(&cookie, START + just_before)
                .map(|it| it.token),
            Some(digest())
        );
        assert!(sessions.look(&cookie, START + SESSION_IDLE).is_none());
    }

    #[test]
    fn it_ends_however_busy_it_is() {
        let sessions = Sessions::default();
        let cookie = sessions.open(digest(), &fresh(1), START);
        let hour = Duration::from_secs(3_600);
        for hours in 1..24 {
            assert!(sessions.find(&cookie, START + hour * hours).is_some());
        }
        assert!(sessions.find(&cookie, START + hour * 24).is_none());
    }

    #[test]
    fn the_least_used_one_makes_room() {
        let sessions = Sessions::default();
        let second = Duration::from_secs(1);
        let first = sessions.open(digest(), &fresh(0), START);
        let other = sessions.open(digest(), &fresh(1), START);
        for number in 2..MAX_SESSIONS {
            sessions.open(digest(), &fresh(number), START + second);
        }
        assert!(sessions.find(&first, START + second * 2).is_some());
        sessions.open(digest(), &fresh(MAX_SESSIONS), START + second * 3);
        assert!(sessions.find(&first, START + second * 3).is_some());
        assert!(sessions.find(&other, START + second * 3).is_none());
    }
}
