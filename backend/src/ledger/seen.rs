//! What a decision was made upon, so that nobody decides about what they have not seen.

use std::fmt;
use std::fmt::Write as _;
use std::iter;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::review::{Case, redeposit_key};
use super::ruling::Flag;
use super::snapshot::{Conversion, Snapshot};
use super::undo::Done;

/// Bytes of it. It tells states of one case apart and keeps nobody out, so it may be short.
const SEEN_BYTES: usize = 16;

/// Names the state of a case: how often its flags were answered, which others wait on its conversion
/// or were closed with it, the conversion's revision, which counts the flags raised on it too, and where
/// the redeposit stands that approval would open or move. The same state has the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen([u8; SEEN_BYTES]);

/// A text that names no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this names nothing that was seen: pass on `seen` as the flag was shown with it")]
pub struct NotSeen;

impl Case {
    /// The case as it stands; the snapshot holds what its decision looks at.
    #[must_use]
    pub fn seen(&self, snapshot: &Snapshot) -> Seen {
        let conversion = snapshot.conversion(self.flag.conversion);
        let redeposit = conversion
            .and_then(|it| redeposit_key(&self.flag, &it.key))
            .and_then(|key| snapshot.alike(&key).next());
        let flags = iter::once(&self.flag).chain(&self.others);
        Seen::of(flags, conversion.into_iter().chain(redeposit))
    }
}

impl Done {
    /// The answer as it stands; the snapshot holds what undoing it looks at.
    #[must_use]
    pub fn seen(&self, snapshot: &Snapshot) -> Seen {
        let held = snapshot.conversion(self.flag.id.delivery);
        let moved = self.moved.and_then(|it| snapshot.conversion(it.conversion));
        let flags = iter::once(&self.flag).chain(&self.closed);
        Seen::of(flags, held.into_iter().chain(moved))
    }
}

impl Seen {
    fn of<'a>(
        flags: impl Iterator<Item = &'a Flag>,
        conversions: impl Iterator<Item = &'a Conversion>,
    ) -> Self {
        let mut state = String::new();
        // Writing into a String cannot fail.
        for flag in flags {
            let _ = writeln!(state, "{} {}", flag.id, flag.answers);
        }
        for conversion in conversions {
            let _ = writeln!(state, "{} {}", conversion.id, conversion.revision);
        }
        let mut seen = [0; SEEN_BYTES];
        seen.copy_from_slice(&Sha256::digest(state)[..SEEN_BYTES]);
        Self(seen)
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for Seen {
    type Err = NotSeen;

    fn from_str(text: &str) -> Result<Self, NotSeen> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 2 * SEEN_BYTES || !text.bytes().all(is_hex) {
            return Err(NotSeen);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| NotSeen)?;
        Ok(Self(number.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_and_nothing_else_does() {
        for seen in [Seen([0; SEEN_BYTES]), Seen([0xa7; SEEN_BYTES])] {
            assert_eq!(seen.to_string().parse(), Ok(seen));
        }
        let good = Seen([0xa7; SEEN_BYTES]).to_string();
        for bad in ["", "a7", &good.to_uppercase(), &format!("+{}", &good[1..])] {
            assert_eq!(bad.parse::<Seen>(), Err(NotSeen), "{bad}");
        }
    }
}
