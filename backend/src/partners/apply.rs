//! `partners apply`: check all, show what changes, then write.
//!
//! Planning reads and checks; nothing is written until the whole plan stands. The backend's
//! part is written before the edge's: the gate lets a new partner in only when the backend can
//! know it already.

use std::io;
use std::path::{Path, PathBuf};

use postern_protocol::mistakes::Mistakes;
use postern_protocol::proof::ProofToken;
use postern_protocol::time::UnixSeconds;

use super::applied::{Applied, AppliedError};
use super::difference::Difference;
use super::edge;
use super::file::PartnersFile;
use super::keys::{PartnerKey, Sources};
use super::proof_file::{self, ProofFileError};
use crate::config::Settings;
use crate::files;

/// Why nothing was applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// There is no partners file.
    #[error("there is no {}; make the first partner with `postern partners add`", .0.display())]
    NoFile(PathBuf),
    /// All that is wrong in the partners file.
    #[error("{} has mistakes, nothing was changed:\n{mistakes}", .path.display())]
    Mistakes {
        /// The partners file.
        path: PathBuf,
        /// All of them.
        mistakes: Mistakes,
    },
    /// The proof file cannot be used.
    #[error("{0}")]
    Proof(#[from] ProofFileError),
}

/// What an apply will do.
#[derive(Debug)]
pub struct Plan {
    difference: Difference,
    warnings: Vec<String>,
    new_proof: Option<ProofToken>,
    applied: Applied,
    discovery_response: String,
}

/// Reads and checks the file of partners; secrets from the environment come from `environment`.
///
/// # Errors
/// Every mistake at once.
pub fn read_partners(
    path: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<PartnersFile, ApplyError> {
    let text = files::read_if_there(path)?.ok_or_else(|| ApplyError::NoFile(path.to_owned()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    PartnersFile::parse(
        &text,
        &Sources {
            folder,
            environment,
        },
    )
    .map_err(|mistakes| ApplyError::Mistakes {
        path: path.to_owned(),
        mistakes,
    })
}

impl Plan {
    /// Works out what applying `settings.partners` means. `token` becomes the proof when there
    /// is none yet; `now` tells which secrets count.
    ///
    /// # Errors
    /// Every mistake at once; nothing is written.
    pub fn make(
        settings: &Settings,
        environment: &dyn Fn(&str) -> Option<String>,
        token: ProofToken,
        now: UnixSeconds,
    ) -> Result<Self, ApplyError> {
        let file = read_partners(&settings.partners, environment)?;
        let mut warnings = without_a_live_secret(&file, now);
        let old_proof = proof_file::load(&settings.proof_file)?;
        let old_proof = old_proof
            .as_ref()
            .and_then(|tokens| tokens.tokens().first());
        let configuration =
            edge::configuration(&file, old_proof.unwrap_or(&token)).map_err(|mistakes| {
                ApplyError::Mistakes {
                    path: settings.partners.clone(),
                    mistakes,
                }
            })?;
        let applied = Applied::of(&file);
        let old = old_state(settings, &mut warnings)?;
        let old = old.as_ref().map(|(edge, backend)| (edge.as_str(), backend));
        let wasm = std::path::absolute(&settings.edge.wasm)?;
        if !wasm.exists() {
            warnings.push(format!(
                "{} is not there (yet): Envoy must find it under this path",
                wasm.display()
            ));
        }
        Ok(Self {
            difference: Difference::between(old, (&configuration, &applied)),
            warnings,
            new_proof: old_proof.is_none().then_some(token),
            applied,
            discovery_response: edge::discovery_response(&configuration, &wasm),
        })
    }

    /// What changes.
    #[must_use]
    pub fn difference(&self) -> &Difference {
        &self.difference
    }

    /// What a person should know, though it stops nothing.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether a new proof token is made.
    #[must_use]
    pub fn makes_proof(&self) -> bool {
        self.new_proof.is_some()
    }

    /// Writes the files, each in one step, the edge's last.
    ///
    /// # Errors
    /// When a file cannot be written; those after it are untouched.
    pub fn carry_out(&self, settings: &Settings) -> Result<(), ApplyError> {
        if let Some(token) = &self.new_proof {
            files::replace(
                &settings.proof_file,
                format!("{}\n", token.expose()).as_bytes(),
            )?;
        }
        files::replace(&settings.applied, self.applied.to_json().as_bytes())?;
        files::replace(&settings.edge.output, self.discovery_response.as_bytes())?;
        Ok(())
    }
}

/// Partners that can sign nothing at present: all their secrets have run out or are yet to come.
fn without_a_live_secret(file: &PartnersFile, now: UnixSeconds) -> Vec<String> {
    let live = |key: &PartnerKey| {
        key.not_before.is_none_or(|from| from <= now)
            && key.not_after.is_none_or(|until| now <= until)
    };
    let dead = file
        .partners
        .iter()
        .filter(|partner| !partner.keys.iter().any(live));
    dead.map(|partner| {
        let id = &partner.id;
        format!(
            "no secret of partner {id} counts now, all it sends is refused; `postern partners \
             rotate {id}` makes a new one"
        )
    })
    .collect()
}

/// What is applied now. What cannot be understood is warned of and replaced: there must be a
/// way out of a damaged file.
fn old_state(
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Result<Option<(String, Applied)>, ApplyError> {
    let Some(text) = files::read_if_there(&settings.edge.output)? else {
        return Ok(None);
    };
    let backend = match Applied::load(&settings.applied) {
        Ok(backend) => backend.unwrap_or_default(),
        Err(AppliedError::Unreadable(error)) => return Err(error.into()),
        Err(damaged) => {
            warnings.push(damaged.to_string());
            Applied::default()
        }
    };
    let configuration = edge::configuration_in(&text);
    if configuration.is_none() {
        warnings.push(format!(
            "{} is not what this command writes; it is replaced",
            settings.edge.output.display()
        ));
    }
    Ok(configuration.map(|edge| (edge, backend)))
}
