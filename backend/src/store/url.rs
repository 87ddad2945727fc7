//! Where a store is.

use std::fmt;
use std::ops::Deref;

/// The schemes of a PostgreSQL URL.
pub(super) const POSTGRES_SCHEMES: [&str; 2] = ["postgres", "postgresql"];

/// A store's URL. It may hold a password, so it is never shown as a whole.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes what can be a URL of a store: `sqlite://PATH` or `postgres://…`. Whether there is such
    /// a store shows when it is opened.
    ///
    /// # Errors
    /// What it must be, without what it was.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_one_of_ours = text.split_once("://").is_some_and(|(scheme, rest)| {
            !rest.is_empty() && (scheme == "sqlite" || POSTGRES_SCHEMES.contains(&scheme))
        });
        if is_one_of_ours {
            return Ok(Self(text.to_owned()));
        }
        Err(
            "must be sqlite:// and the path of the database file, as sqlite://var/postern.db, or \
             postgres:// and where the database is, as postgres://postern@db.example/postern"
                .to_owned(),
        )
    }
}

impl Deref for DatabaseUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<&str> for DatabaseUrl {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_once(':') {
            Some(("sqlite", _)) | None => write!(f, "{:?}", self.0),
            Some((scheme, _)) => write!(f, "\"{scheme}://…\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url = DatabaseUrl::parse("postgres://me:hunter22@db/ledger").unwrap();
        assert_eq!(format!("{url:?}"), "\"postgres://…\"");
        let refused = DatabaseUrl::parse("mysql://me:hunter22@db/ledger").unwrap_err();
        assert!(!refused.contains("hunter22"), "{refused}");
    }

    #[test]
    fn a_url_names_a_store_of_ours_and_something_in_it() {
        for good in [
            "sqlite://x.db",
            "postgres://db/x",
            "postgresql:///x?host=/run/pg",
        ] {
            assert_eq!(DatabaseUrl::parse(good).as_deref(), Ok(good));
        }
        for bad in ["", "sqlite://", "postgres://", "x.db", "http://x"] {
            assert!(DatabaseUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
