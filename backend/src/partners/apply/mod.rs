//! `partners apply`: check all, show what changes, then write.
//!
//! Planning reads and checks; nothing is written until the whole plan stands. Then all is written
//! beside the old files before the first of them is replaced. The backend's part is replaced
//! before the edge's: the gate lets a new partner in only when the backend can know it already.

mod notes;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use postern_protocol::edge::EdgeConfig;
use postern_protocol::mistakes::Mistakes;
use postern_protocol::proof::ProofToken;
use postern_protocol::time::UnixSeconds;

use super::applied::{self, AppliedError};
use super::difference::Difference;
use super::edge;
use super::file::PartnersFile;
use super::keys::Sources;
use super::proof_file::{self, ProofFileError};
use crate::agreement::Agreements;
use crate::config::Settings;
use crate::files::{self, Staged};

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
    /// The last step failed.
    #[error(
        "{0}\nThe backend's part is live, the edge still has the old one; put this right and run \
         `postern partners apply` again"
    )]
    HalfLive(io::Error),
}

/// What an apply will do.
pub struct Plan {
    difference: Difference,
    warnings: Vec<String>,
    new_proof: Option<NewProof>,
    removes_all: bool,
    agreements: Agreements,
    discovery_response: String,
}

/// Without what it holds for the edge: that is full of secrets.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("difference", &self.difference)
            .field("warnings", &self.warnings)
            .field("removes_all", &self.removes_all)
            .finish_non_exhaustive()
    }
}

/// The proof file when there was none.
struct NewProof {
    token: ProofToken,
    /// What the edge sends until it has the new one.
    still_sent: Option<ProofToken>,
}

impl NewProof {
    fn lines(&self) -> String {
        let tokens = [Some(&self.token), self.still_sent.as_ref()];
        let lines = tokens.into_iter().flatten();
        lines.map(|token| format!("{}\n", token.expose())).collect()
    }
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
        let mut warnings = notes::without_a_live_secret(&file, now);
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
        let agreements = applied::of(&file);
        let (old_edge, old_backend) = old_state(settings, &mut warnings)?;
        warnings.extend(notes::begun_terms_that_change(
            &old_backend,
            &agreements,
            now,
        ));
        let old = old_edge.as_deref().map(|edge| (edge, &old_backend));
        let old_config = old_edge
            .as_deref()
            .and_then(|edge| EdgeConfig::parse(edge.as_bytes()).ok());
        let anybody = !old_backend.is_empty()
            || old_config
                .as_ref()
                .is_some_and(|old| !old.partners.is_empty());
        let wasm = wasm_path(settings, &mut warnings)?;
        Ok(Self {
            difference: Difference::between(old, (&configuration, &agreements)),
            warnings,
            removes_all: file.partners.is_empty() && anybody,
            new_proof: old_proof.is_none().then(|| NewProof {
                token,
                still_sent: old_config.map(|old| old.proof),
            }),
            agreements,
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

    /// Whether the proof that the edge sends now stays good beside the new one.
    #[must_use]
    pub fn keeps_old_proof(&self) -> bool {
        let new = self.new_proof.as_ref();
        new.is_some_and(|new| new.still_sent.is_some())
    }

    /// Whether partners are applied and none would be.
    #[must_use]
    pub fn removes_all(&self) -> bool {
        self.removes_all
    }

    /// Writes the files, each in one step, the edge's last.
    ///
    /// # Errors
    /// When a file cannot be written, none is replaced; when one cannot be replaced, those after
    /// it are untouched.
    pub fn carry_out(&self, settings: &Settings) -> Result<(), ApplyError> {
        let proof = self.new_proof.as_ref().map(NewProof::lines);
        let proof = proof
            .as_ref()
            .map(|lines| Staged::write(&settings.proof_file, lines.as_bytes()))
            .transpose()?;
        let backend = Staged::write(
            &settings.applied,
            applied::to_json(&self.agreements).as_bytes(),
        )?;
        let edge = Staged::write(&settings.edge.output, self.discovery_response.as_bytes())?;
        if let Some(proof) = proof {
            proof.put()?;
        }
        backend.put()?;
        edge.put().map_err(ApplyError::HalfLive)
    }
}

/// Where Envoy finds the filter's code.
fn wasm_path(settings: &Settings, warnings: &mut Vec<String>) -> io::Result<PathBuf> {
    let wasm = std::path::absolute(&settings.edge.wasm)?;
    if !wasm.exists() {
        warnings.push(format!(
            "{} is not there (yet): Envoy must find it under this path",
            wasm.display()
        ));
    }
    Ok(wasm)
}

/// What is applied now: the filter's configuration, as far as there is one, and the backend's
/// part. What cannot be understood is warned of and replaced: there must be a way out of a
/// damaged file.
fn old_state(
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Result<(Option<String>, Agreements), ApplyError> {
    let backend = match applied::load(&settings.applied) {
        Ok(backend) => backend.unwrap_or_default(),
        Err(AppliedError::Unreadable(error)) => return Err(error.into()),
        Err(damaged) => {
            warnings.push(damaged.to_string());
            Agreements::default()
        }
    };
    let Some(text) = files::read_if_there(&settings.edge.output)? else {
        return Ok((None, backend));
    };
    let configuration = edge::configuration_in(&text);
    if configuration.is_none() {
        warnings.push(format!(
            "{} is not what this command writes; it is replaced",
            settings.edge.output.display()
        ));
    }
    Ok((configuration, backend))
}

#[cfg(test)]
mod tests;
