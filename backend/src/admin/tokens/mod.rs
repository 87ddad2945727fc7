//! The tokens that open the admin API: a file with one line for each, its name and the SHA-256 of
//! the token. The token itself is shown once, when it is made, and kept nowhere.
//!
//! A fast hash is enough here: a token is 32 random bytes, which nobody guesses from its digest.

mod name;
mod live;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

pub use live::Follower;
pub use name::{NameError, TokenName};

use crate::partners::{SECRET_BYTES, strong_secret};

/// What every token begins with, so that people and secret scanners know it for what it is.
pub const TOKEN_PREFIX: &str = "postern_admin_";

/// A longer list would be one that nobody looks through any more.
pub const MAX_TOKENS: usize = 100;

const DIGEST_BYTES: usize = 32;

/// Who may use the admin API, and by which tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    digest: [u8; DIGEST_BYTES],
    name: TokenName,
}

/// Why a list of tokens is not what it should be. No message repeats a line: somebody may have put
/// a token there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokensError {
    /// A line is not a digest and a name.
    #[error(
        "line {0} is not a SHA-256 and a name; remove it, and make a new token by `postern admin token NAME`"
    )]
    Line(usize),
    /// Two lines have one name.
    #[error("{0} has a token already; `--replace` makes a new one and ends the old one")]
    Taken(TokenName),
    /// There are too many.
    #[error(
        "there are {MAX_TOKENS} tokens, and no more may be; `postern admin revoke NAME` ends one"
    )]
    TooMany,
}

impl Tokens {
    /// Reads the file's text.
    ///
    /// # Errors
    /// Which line is wrong, or that there are too many.
    pub fn parse(text: &str) -> Result<Self, TokensError> {
        let mut tokens = Self::default();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let (digest, name) = read_line(line).ok_or(TokensError::Line(index + 1))?;
            tokens.push(digest, name)?;
        }
        Ok(tokens)
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for Entry { digest, name } in &self.0 {
            // Writing into a String cannot fail.
            let _ = writeln!(text, "{} {name}", strong_secret(*digest));
        }
        text
    }

    /// Makes a token out of randomness and lets it in; what is returned is its only copy.
    ///
    /// # Errors
    /// When the name has a token, or there are too many.
    pub fn issue(
        &mut self,
        name: TokenName,
        random: [u8; SECRET_BYTES],
    ) -> Result<String, TokensError> {
        let token = format!("{TOKEN_PREFIX}{}", strong_secret(random));
        self.push(digest_of(token.as_bytes()), name)?;
        Ok(token)
    }

    /// Ends the token of this name, and says whether there was one.
    pub fn revoke(&mut self, name: &TokenName) -> bool {
        let before = self.0.len();
        self.0.retain(|entry| entry.name != *name);
        self.0.len() < before
    }

    /// Whose token this is. The time it takes does not depend on which bytes are right.
    #[must_use]
    pub fn who(&self, token: &[u8]) -> Option<&TokenName> {
        let given = digest_of(token);
        let mut found = None;
        for entry in &self.0 {
            if bool::from(entry.digest.ct_eq(&given)) {
                found = Some(&entry.name);
            }
        }
        found
    }

    /// All names, in the file's order.
    pub fn names(&self) -> impl Iterator<Item = &TokenName> {
        self.0.iter().map(|entry| &entry.name)
    }

    /// Whether nobody may use the admin API.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn push(&mut self, digest: [u8; DIGEST_BYTES], name: TokenName) -> Result<(), TokensError> {
        if self.names().any(|other| *other == name) {
            return Err(TokensError::Taken(name));
        }
        if self.0.len() >= MAX_TOKENS {
            return Err(TokensError::TooMany);
        }
        self.0.push(Entry { digest, name });
        Ok(())
    }
}

fn read_line(line: &str) -> Option<([u8; DIGEST_BYTES], TokenName)> {
    let (digest, name) = line.trim().split_once(' ')?;
    Some((read_digest(digest)?, TokenName::parse(name).ok()?))
}

fn read_digest(text: &str) -> Option<[u8; DIGEST_BYTES]> {
    let mut digest = [0; DIGEST_BYTES];
    if text.len() != 2 * DIGEST_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(digest)
}

fn digest_of(token: &[u8]) -> [u8; DIGEST_BYTES] {
    Sha256::digest(token).into()
}
