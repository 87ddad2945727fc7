//! The files of a stand, all in one folder, and the few that are written before anything starts.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::bootstrap::{self, Places};
use crate::certificate;
use crate::error::{StandError, doing};

/// Where each file of a stand lies.
#[derive(Debug, Clone)]
pub struct Layout {
    folder: PathBuf,
}

impl Layout {
    /// The files under `folder`, which is made when missing.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn in_folder(folder: &Path) -> Result<Self, StandError> {
        for part in ["edge", "envoy", "tls", "log"] {
            let path = folder.join(part);
            fs::create_dir_all(&path).map_err(doing(format!("making {}", path.display())))?;
        }
        let folder = folder
            .canonicalize()
            .map_err(doing(format!("finding {}", folder.display())))?;
        Ok(Self { folder })
    }

    /// The folder itself; the backend runs in it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file people edit.
    #[must_use]
    pub fn partners(&self) -> PathBuf {
        self.folder.join("partners.toml")
    }

    /// The backend's configuration.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.folder.join("postern.toml")
    }

    /// The embedded store.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.join("postern.db")
    }

    /// What `postern partners apply` writes and Envoy watches.
    #[must_use]
    pub fn edge(&self) -> PathBuf {
        self.folder.join("edge/postern-filter.json")
    }

    /// Envoy's bootstrap.
    #[must_use]
    pub fn bootstrap(&self) -> PathBuf {
        self.folder.join("envoy/envoy.yaml")
    }

    /// The development certificate, in PEM.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("tls/server.crt")
    }

    /// The backend's log.
    #[must_use]
    pub fn backend_log(&self) -> PathBuf {
        self.folder.join("log/postern.log")
    }

    /// Envoy's log.
    #[must_use]
    pub fn envoy_log(&self) -> PathBuf {
        self.folder.join("log/envoy.log")
    }

    /// Envoy's access log, a JSON object a line.
    #[must_use]
    pub fn access_log(&self) -> PathBuf {
        self.folder.join("log/access.log")
    }

    /// Writes certificate and Envoy's files. `edit` may change the bootstrap before it is written.
    pub(crate) fn write_envoy(
        &self,
        places: Places<'_>,
        edit: impl FnOnce(String) -> String,
    ) -> Result<(), StandError> {
        certificate::make(&self.folder.join("tls"))?;
        write(
            &self.folder.join("envoy/tls.yaml"),
            &bootstrap::tls(&self.folder)?,
        )?;
        write(&self.bootstrap(), &edit(bootstrap::bootstrap(places)?))
    }

    /// Writes the backend's configuration; the console asks the Envoy whose admin page is at `admin`.
    pub(crate) fn write_settings(
        &self,
        (backend, admin): (u16, u16),
        partners: &Path,
        filter: &Path,
    ) -> Result<(), StandError> {
        let text = format!(
            "listen = \"127.0.0.1:{backend}\"\n\
             database = \"sqlite://postern.db\"\n\
             partners = {partners:?}\n\n\
             [edge]\n\
             output = \"edge/postern-filter.json\"\n\
             wasm = {filter:?}\n\n\
             [admin]\n\
             tokens = \"admin.tokens\"\n\n\
             [console]\n\
             envoy = [\"http://127.0.0.1:{admin}\"]\n\n\
             [log]\n\
             format = \"json\"\n"
        );
        write(&self.settings(), &text)
    }

    /// Writes the partners' file, which holds secrets.
    pub(crate) fn write_partners(&self, text: &str) -> Result<(), StandError> {
        write_private(&self.partners(), text)
    }
}

fn write(path: &Path, text: &str) -> Result<(), StandError> {
    fs::write(path, text).map_err(doing(format!("writing {}", path.display())))
}

/// Writes what nobody else may read, at no time.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, text: &str) -> Result<(), StandError> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true).mode(0o600);
    let written = options.open(path).and_then(|mut file| {
        file.set_permissions(Permissions::from_mode(0o600))?; // it may have been there before
        file.write_all(text.as_bytes())
    });
    written.map_err(doing(format!("writing {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partners_secrets_are_for_nobody_else_to_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let layout = Layout::in_folder(folder.path()).expect("laid out");
        fs::write(layout.partners(), "older and longer").expect("written");
        fs::set_permissions(layout.partners(), Permissions::from_mode(0o644)).expect("open");
        layout.write_partners("newer").expect("written");
        let mode = fs::metadata(layout.partners())
            .expect("there")
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        assert_eq!(
            fs::read_to_string(layout.partners()).expect("read"),
            "newer"
        );
    }
}
