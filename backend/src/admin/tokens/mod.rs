//! The tokens that open the admin API and the console: a file with one line for each, the SHA-256 of
//! the token, a name and a role. The token itself is shown once, when it is made, and kept nowhere.
//!
//! A line without a role is an admin's: there were no roles once. Admins' lines are still written so,
//! and an older version reads them.
//!
//! A fast hash is enough here: a token is 32 random bytes, which nobody guesses from its digest.

mod name;
mod role;
mod live;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

pub use live::Follower;
pub use name::{NameError, TokenName};
pub use role::{Role, RoleError};

use crate::partners::{SECRET_BYTES, strong_secret};

/// What every token begins with, so that people and secret scanners know it for what it is.
pub const TOKEN_PREFIX: &str = "postern_admin_";

/// A longer list would be one that nobody looks through any more.
pub const MAX_TOKENS: usize = 100;

const DIGEST_BYTES: usize = 32;

/// The SHA-256 of a token: what it is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenDigest([u8; DIGEST_BYTES]);

/// Who may use the admin API, and by which tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens(Vec<Holder>);

/// Whose a token is, and what it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What the token is known by.
    pub digest: TokenDigest,
    /// Who decides by it.
    pub name: TokenName,
    /// What they may do.
    pub role: Role,
}

/// Why a list of tokens is not what it should be. No message repeats a line: somebody may have put
/// a token there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokensError {
    /// A line is not a digest, a name and perhaps a role.
    #[error(
        "line {0} is not a SHA-256, a name and a role; remove it, and make a new token by `postern admin token NAME`"
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
            let holder = read_line(line).ok_or(TokensError::Line(index + 1))?;
            tokens.push(holder)?;
        }
        Ok(tokens)
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for Holder { digest, name, role } in &self.0 {
            let digest = strong_secret(digest.0);
            // Writing into a String cannot fail.
            let _ = match role {
                Role::Admin => writeln!(text, "{digest} {name}"),
                role => writeln!(text, "{digest} {name} {role}"),
            };
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
        role: Role,
        random: [u8; SECRET_BYTES],
    ) -> Result<String, TokensError> {
        let token = format!("{TOKEN_PREFIX}{}", strong_secret(random));
        let digest = digest_of(token.as_bytes());
        self.push(Holder { digest, name, role })?;
        Ok(token)
    }

    /// Ends the token of this name, and says whether there was one.
    pub fn revoke(&mut self, name: &TokenName) -> bool {
        let before = self.0.len();
        self.0.retain(|holder| holder.name != *name);
        self.0.len() < before
    }

    /// Whose token this is. The time it takes does not depend on which bytes are right.
    #[must_use]
    pub fn who(&self, token: &[u8]) -> Option<&Holder> {
        self.holder(digest_of(token))
    }

    /// Whose token has this digest, as long as it opens anything.
    #[must_use]
    pub fn holder(&self, digest: TokenDigest) -> Option<&Holder> {
        let mut found = None;
        for holder in &self.0 {
            if bool::from(holder.digest.0.ct_eq(&digest.0)) {
                found = Some(holder);
            }
        }
        found
    }

    /// Everybody, in the file's order.
    pub fn holders(&self) -> impl Iterator<Item = &Holder> {
        self.0.iter()
    }

    /// Whether nobody may use the admin API.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn push(&mut self, holder: Holder) -> Result<(), TokensError> {
        if self.holders().any(|other| other.name == holder.name) {
            return Err(TokensError::Taken(holder.name));
        }
        if self.0.len() >= MAX_TOKENS {
            return Err(TokensError::TooMany);
        }
        self.0.push(holder);
        Ok(())
    }
}

fn read_line(line: &str) -> Option<Holder> {
    let mut words = line.trim().split(' ');
    let (digest, name, role) = (words.next()?, words.next()?, words.next());
    let role = role.map_or(Ok(Role::Admin), str::parse).ok()?;
    if words.next().is_some() {
        return None;
    }
    Some(Holder {
        digest: read_digest(digest)?,
        name: TokenName::parse(name).ok()?,
        role,
    })
}

fn read_digest(text: &str) -> Option<TokenDigest> {
    let mut digest = [0; DIGEST_BYTES];
    if text.len() != 2 * DIGEST_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(TokenDigest(digest))
}

fn digest_of(token: &[u8]) -> TokenDigest {
    TokenDigest(Sha256::digest(token).into())
}
