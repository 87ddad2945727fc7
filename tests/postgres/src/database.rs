//! A database of its own for each test.

use crate::error::doing;
use crate::shared::{Home, home, own_name};
use crate::statement;

/// An empty database. It is dropped with this value, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    name: String,
    home: Home,
}

impl Database {
    /// Makes one on the server that the tests share.
    ///
    /// # Panics
    /// When there is no server: it says what to do about it.
    #[must_use]
    pub fn create() -> Self {
        let home = home().unwrap_or_else(|error| panic!("{error}"));
        let name = own_name();
        // Left over by a process of the same number that was killed.
        let drop_old = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        for statement in [drop_old, format!("CREATE DATABASE {name}")] {
            statement::run(home.url(), &statement)
                .map_err(doing(&statement))
                .unwrap_or_else(|error| panic!("{error}"));
        }
        Self { name, home }
    }

    /// Its URL, with role and password.
    #[must_use]
    pub fn url(&self) -> String {
        let server = self.home.url();
        let end = server.rfind('/').map_or(server.len(), |slash| slash + 1);
        format!("{}{}", &server[..end], self.name)
    }

    /// Runs a statement in it, past whoever else uses it.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, sql: &str) {
        statement::run(&self.url(), sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server may be gone, and the database with it.
        let _ = statement::run(
            self.home.url(),
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}
