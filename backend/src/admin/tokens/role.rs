//! What a token's holder may do.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What a token's holder may do. Each role may do all that those before it may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads everything but exports of raw requests.
    Viewer,
    /// Also decides flags.
    Reviewer,
    /// Also imports click logs, removes old deliveries and exports raw requests.
    #[default]
    Admin,
}

/// A word that is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a role is viewer, reviewer or admin")]
pub struct RoleError;

impl Role {
    /// All of them, the one that may least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Reviewer, Self::Admin];

    /// Its word in the file of tokens, on the command line and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Admin => "admin",
        }
    }

    /// What it may do, for people.
    #[must_use]
    pub const fn may(self) -> &'static str {
        match self {
            Self::Viewer => "read everything but exports of raw requests",
            Self::Reviewer => "read, and decide flags",
            Self::Admin => {
                "read, decide flags, import click logs, remove old deliveries and export raw requests"
            }
        }
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or(RoleError)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
