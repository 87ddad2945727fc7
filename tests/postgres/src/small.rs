//! A database on a disk that can be full.

use std::ops::Deref;

use crate::error::{PostgresError, doing};
use crate::{Disk, Server, installed, statement};

/// A database on a small disk of its own. The rest of the server lies elsewhere, so that it goes on
/// running.
#[derive(Debug)]
pub struct SmallDisk {
    url: String,
    disk: Disk,
}

impl SmallDisk {
    /// Mounts one and makes a database on it.
    ///
    /// # Errors
    /// Only root may mount, and not everywhere.
    pub fn on(server: &Server) -> Result<Self, PostgresError> {
        let disk = Disk::mount(installed::server_user()?.as_ref())?;
        let maintenance = server.url();
        let end = maintenance.rfind('/').map_or(0, |slash| slash + 1);
        let place = disk.path().display();
        for sql in [
            format!("CREATE TABLESPACE small LOCATION '{place}'"),
            "CREATE DATABASE small TABLESPACE small".to_owned(),
        ] {
            statement::run(&maintenance, &sql).map_err(doing(&sql))?;
        }
        Ok(Self {
            url: format!("{}small", &maintenance[..end]),
            disk,
        })
    }

    /// The URL of its database, with role and password.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }
}

impl Deref for SmallDisk {
    type Target = Disk;

    fn deref(&self) -> &Disk {
        &self.disk
    }
}
