//! What containers need before their first start: secrets, a certificate, partners.
//!
//! Each container finds its part in a folder that is mounted for it alone, and so sees no other's
//! secrets. What is there stays as it is: a real installation brings its own files. A second start
//! needs this only where another folder of partners has come in place of the first.

mod applied;
mod gateway;

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postern_stand::{StandError, make_certificate, write_private};

use super::options::FirstStart;
use super::{samples, say};

/// The demo's admin token, in its folder. It is there while the partners are the demo's.
pub(crate) const TOKEN: &str = "token";
/// The certificate the demo trusts, in its folder.
pub(crate) const CERTIFICATE: &str = "server.crt";

/// Bytes of a password that is made here: as strong as a 256-bit key.
const PASSWORD_BYTES: usize = 32;

/// Writes what is missing, and applies the partners where Envoy has others or none.
///
/// # Errors
/// When a file cannot be written, or `postern` refuses what is there.
pub(crate) fn first_start(options: &FirstStart) -> Result<(), StandError> {
    let files = Files { options };
    files.database()?;
    files.dashboard()?;
    make_folder(&files.at("tls"))?;
    make_certificate(&files.at("tls"))?;
    let partners = files.partners()?;
    let is_new = !applied::is_here(&options.folder);
    files.token(&partners, is_new)?;
    if is_new {
        say(files.postern(&["partners", "apply"])?.trim_end());
    }
    files.certificate()
}

struct Files<'o> {
    options: &'o FirstStart,
}

impl Files<'_> {
    fn at(&self, name: &str) -> PathBuf {
        self.options.folder.join(name)
    }

    /// The database's password for its server, and its URL for the backends. The server runs, and needs
    /// its password, beside somebody's own database too.
    fn database(&self) -> Result<(), StandError> {
        let (password, url) = (self.at("postgres/password"), self.at("database/url"));
        let text = kept_or_made(&password, self.options.database_group)?;
        if url.exists() {
            return Ok(()); // somebody's own database, or made before
        }
        let host = &self.options.database_host;
        make_folder(&self.at("database"))?;
        write_private(&url, &format!("postgres://postern:{text}@{host}/postern\n"))?;
        say(format!("made {}", url.display()));
        Ok(())
    }

    /// The password of the dashboard's first user.
    fn dashboard(&self) -> Result<(), StandError> {
        kept_or_made(&self.at("grafana/password"), self.options.dashboard_group).map(|_| ())
    }

    /// The text of the partners' file. Where there is none it is made: the demo's partners, who may also
    /// post from the machine these containers run on.
    fn partners(&self) -> Result<String, StandError> {
        let path = self.at("partners/partners.toml");
        let host = gateway::address();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) => self.make_partners(&path, &samples::partners_from(host))?,
        };
        if let Some(host) = host.filter(|host| !text.contains(&host.to_string())) {
            say(format!(
                "note: requests from this machine come from {host}, which stands in no partner's networks"
            ));
        }
        Ok(text)
    }

    fn make_partners(&self, path: &Path, text: &str) -> Result<String, StandError> {
        make_folder(&self.at("partners"))?;
        write_private(path, text)?;
        say(format!("made {}, the demo's partners", path.display()));
        Ok(text.to_owned())
    }

    /// The demo's token: made where these partners are the demo's and new here, gone where they are
    /// somebody's own. Beside those it opens nothing, and the demo would only send what is refused.
    fn token(&self, partners: &str, is_new: bool) -> Result<(), StandError> {
        let path = self.at("demo").join(TOKEN);
        make_folder(&self.at("demo"))?;
        if !samples::are_the_demos(partners) {
            return without(&path);
        }
        if path.exists() && !is_new {
            return Ok(());
        }
        let token = self.postern(&["admin", "token", "demo", "--replace"])?;
        write_private(&path, &token)
    }

    /// The certificate for the demo, without its key.
    fn certificate(&self) -> Result<(), StandError> {
        let certificate = self.at("tls/server.crt");
        let copy = self.at("demo").join(CERTIFICATE);
        fs::copy(&certificate, &copy)
            .map(|_| ())
            .map_err(|cause| StandError::new(format!("writing {}: {cause}", copy.display())))
    }

    /// Runs a command of the backend's program and gives what it printed.
    fn postern(&self, arguments: &[&str]) -> Result<String, StandError> {
        let program = &self.options.postern;
        let ran = Command::new(program)
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|cause| StandError::new(format!("running {}: {cause}", program.display())))?;
        if ran.status.success() {
            return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
        }
        let command = arguments.join(" ");
        Err(StandError::new(format!(
            "`postern {command}` failed: its reason stands above"
        )))
    }
}

/// The password in this file. Where there is none it is made, readable for us and this group.
fn kept_or_made(path: &Path, group: Option<u32>) -> Result<String, StandError> {
    let there = fs::read_to_string(path).unwrap_or_default();
    if !there.trim().is_empty() {
        return Ok(there.trim().to_owned());
    }
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let text = random_hex()?;
    write_private(path, &text)?;
    if let Some(group) = group {
        chown(path, None, Some(group))
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o640)))
            .map_err(|cause| {
                StandError::new(format!(
                    "giving {} to group {group}: {cause}; is this process in it?",
                    path.display()
                ))
            })?;
    }
    say(format!("made {}", path.display()));
    Ok(text)
}

/// Removes this file, which need not be there.
fn without(path: &Path) -> Result<(), StandError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(StandError::new(format!(
            "removing {}: {cause}",
            path.display()
        ))),
        _ => Ok(()),
    }
}

fn random_hex() -> Result<String, StandError> {
    let mut bytes = [0_u8; PASSWORD_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|cause| StandError::new(format!("making a password: {cause}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn make_folder(path: &Path) -> Result<(), StandError> {
    fs::create_dir_all(path)
        .map_err(|cause| StandError::new(format!("making {}: {cause}", path.display())))
}

#[cfg(test)]
mod tests;
