//! A schema of its own for each test: as empty as a database, and made and gone much faster.

use crate::shared::{Home, home, own_name};
use crate::statement;

/// An empty schema in the database that all tests share. It is dropped with this value.
///
/// For whoever needs only tables of its own. What is about the whole database, such as its settings
/// or its connections, wants a [`Database`](crate::Database).
#[derive(Debug)]
pub struct Schema {
    name: String,
    home: Home,
}

impl Schema {
    /// Makes one on the server that the tests share.
    ///
    /// # Panics
    /// When there is no server: it says what to do about it.
    #[must_use]
    pub fn create() -> Self {
        let home = home().unwrap_or_else(|error| panic!("{error}"));
        let name = own_name();
        let create = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
        statement::run(home.url(), &create).unwrap_or_else(|error| panic!("{create}: {error}"));
        Self { name, home }
    }

    /// The URL by which everything is found and made in it, with role and password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}?options[search_path]={}", self.home.url(), self.name)
    }

    /// Runs a statement in it, past whoever else uses it.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, sql: &str) {
        statement::run(&self.url(), sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // The server may be gone, and the schema with it. Who still holds a lock in it is a connection
        // of the same test that nobody will use again: a reader whose runtime ended before its
        // transaction did. It would go only with the process, so it is not waited for.
        let name = &self.name;
        let drop = format!(
            "SET lock_timeout = '5s'; SET client_min_messages = warning; \
             SELECT pg_terminate_backend(pid) FROM pg_locks \
                 JOIN pg_class ON pg_class.oid = relation \
                 JOIN pg_database ON pg_database.oid = database \
                 WHERE relnamespace = to_regnamespace('{name}') AND datname = current_database() \
                     AND pid <> pg_backend_pid(); \
             DROP SCHEMA IF EXISTS {name} CASCADE"
        );
        let _ = statement::run(self.home.url(), &drop);
    }
}
