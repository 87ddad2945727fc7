//! The partners of a running backend: they follow what was applied.
//!
//! The applied file and the proof file are small, change rarely and are always replaced whole. So
//! a running backend looks at their stamps once a period, and on SIGHUP, and reads them when they
//! are others. What cannot be used is logged once, and what held before stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::applied::{self, AppliedError};
use super::proof_file::{self, ProofFileError};
use crate::files::{Stamp, stamp};
use crate::server::Admission;

/// How often the files are looked at. Two looks cost a few microseconds, and what is applied
/// should be known here by the time the edge has loaded it.
pub const FOLLOW_PERIOD: Duration = Duration::from_millis(100);

/// Keeps an [`Admission`] as the files have it.
#[derive(Debug)]
pub struct Follower {
    applied: PathBuf,
    proof_file: PathBuf,
    stamps: (Stamp, Stamp),
    admission: watch::Sender<Arc<Admission>>,
}

/// Why the backend does not know whose requests to take.
#[derive(Debug, thiserror::Error)]
pub enum NoAdmission {
    /// The applied part cannot be used.
    #[error("{0}")]
    Applied(#[from] AppliedError),
    /// Nothing was applied yet.
    #[error("no partners are applied yet ({} is missing); run `postern partners apply`", .0.display())]
    NothingApplied(PathBuf),
    /// The proof file cannot be used.
    #[error("{0}")]
    Proof(#[from] ProofFileError),
}

impl Follower {
    /// Reads what was applied last.
    ///
    /// # Errors
    /// When nothing was, or a file is damaged.
    pub fn open(applied: &Path, proof_file: &Path) -> Result<Self, NoAdmission> {
        // The stamps first: a change between the two is then seen as one, not missed.
        let stamps = (stamp(applied), stamp(proof_file));
        let (admission, _) = watch::channel(Arc::new(read(applied, proof_file)?));
        Ok(Self {
            applied: applied.to_owned(),
            proof_file: proof_file.to_owned(),
            stamps,
            admission,
        })
    }

    /// Where the current admission can be seen.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Admission>> {
        self.admission.subscribe()
    }

    /// Takes over the files if they have changed, and logs that it did or why it could not.
    pub fn look(&mut self) {
        let stamps = (stamp(&self.applied), stamp(&self.proof_file));
        if stamps == self.stamps {
            return;
        }
        self.stamps = stamps;
        match read(&self.applied, &self.proof_file) {
            Ok(admission) => {
                tracing::info!(partners = admission.agreements.len(), "partners reloaded");
                self.admission.send_replace(Arc::new(admission));
            }
            Err(error) => tracing::error!(%error, "partners not reloaded; those known before stay"),
        }
    }
}

fn read(applied: &Path, proof_file: &Path) -> Result<Admission, NoAdmission> {
    let agreements = applied::load(applied)?;
    let agreements = agreements.ok_or_else(|| NoAdmission::NothingApplied(applied.to_owned()))?;
    let tokens = proof_file::require(proof_file)?;
    Ok(Admission { tokens, agreements })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Follower, NoAdmission};
    use crate::files;

    fn files_in(folder: &Path) -> (PathBuf, PathBuf) {
        let proof = folder.join("proof.tokens");
        files::replace(&proof, "p".repeat(32).as_bytes()).expect("written");
        (folder.join("applied.json"), proof)
    }

    fn apply(path: &Path, ids: &[&str]) {
        let partner = |id: &&str| format!(r#"{{"id":"{id}","brand":null,"amount_unit":"major"}}"#);
        let partners: Vec<String> = ids.iter().map(partner).collect();
        let text = format!(r#"{{"partners":[{}]}}"#, partners.join(","));
        files::replace(path, text.as_bytes()).expect("written");
    }

    fn known(follower: &Follower) -> Vec<String> {
        let admission = follower.subscribe().borrow().clone();
        admission
            .agreements
            .iter()
            .map(|(id, _)| id.to_string())
            .collect()
    }

    #[test]
    fn added_and_removed_partners_are_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (applied, proof) = files_in(folder.path());
        let refused = Follower::open(&applied, &proof).expect_err("nothing is applied");
        assert!(matches!(refused, NoAdmission::NothingApplied(_)));
        apply(&applied, &["east"]);
        let mut follower = Follower::open(&applied, &proof).expect("applied");
        assert_eq!(known(&follower), ["east"]);
        apply(&applied, &["west"]);
        assert_eq!(known(&follower), ["east"], "nobody has looked yet");
        follower.look();
        assert_eq!(known(&follower), ["west"]);
    }

    #[test]
    fn a_new_token_is_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (applied, proof) = files_in(folder.path());
        apply(&applied, &["east"]);
        let mut follower = Follower::open(&applied, &proof).expect("applied");
        let tokens = format!("{}\n{}\n", "n".repeat(32), "p".repeat(32));
        files::replace(&proof, tokens.as_bytes()).expect("written");
        follower.look();
        assert_eq!(follower.subscribe().borrow().tokens.tokens().len(), 2);
    }

    #[test]
    fn a_damaged_file_leaves_what_held_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let (applied, proof) = files_in(folder.path());
        apply(&applied, &["east"]);
        let mut follower = Follower::open(&applied, &proof).expect("applied");
        files::replace(&applied, b"{").expect("written");
        follower.look();
        assert_eq!(known(&follower), ["east"]);
        assert!(
            Follower::open(&applied, &proof).is_err(),
            "but no backend starts with it"
        );
    }
}
