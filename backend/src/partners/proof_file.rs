//! The tokens that prove to the backend that a request came through the gate.
//!
//! One or two lines: the filter sends the first, the backend accepts both, so that a token can
//! be changed without a lost request.

use std::path::{Path, PathBuf};

use postern_protocol::proof::{ProofTokens, TokenError};

use crate::files;

/// Why a proof file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProofFileError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// There is none yet.
    #[error("there is no proof file {}; `postern partners apply` makes one", .0.display())]
    Missing(PathBuf),
    /// It does not hold what it should.
    #[error("{}: {cause}; remove the file and run `postern partners apply` for a new one", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: TokenError,
    },
}

/// Reads the tokens in `path`, `None` when it is not there.
///
/// # Errors
/// When it cannot be read, or holds no tokens or too many.
pub fn load(path: &Path) -> Result<Option<ProofTokens>, ProofFileError> {
    let Some(text) = files::read_if_there(path)? else {
        return Ok(None);
    };
    ProofTokens::parse_lines(&text)
        .map(Some)
        .map_err(|cause| ProofFileError::Malformed {
            path: path.to_owned(),
            cause,
        })
}

/// Reads the tokens in `path`, which must be there.
///
/// # Errors
/// As [`load`], and when it is missing.
pub fn require(path: &Path) -> Result<ProofTokens, ProofFileError> {
    load(path)?.ok_or_else(|| ProofFileError::Missing(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{ProofFileError, load, require};

    #[test]
    fn two_tokens_are_read_and_a_missing_file_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("proof.tokens");
        let missing = require(&path).expect_err("not there");
        assert!(missing.to_string().contains("partners apply"), "{missing}");
        fs::write(&path, format!("{}\n{}\n", "a".repeat(32), "b".repeat(32))).expect("written");
        assert_eq!(require(&path).expect("good").tokens().len(), 2);
    }

    #[test]
    fn short_and_too_many_tokens_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("proof.tokens");
        let token = "a".repeat(32);
        for text in ["", "\n\n", "short", &format!("{token}\n{token}\n{token}")] {
            fs::write(&path, text).expect("written");
            assert!(
                matches!(load(&path), Err(ProofFileError::Malformed { .. })),
                "{text:?}"
            );
        }
    }
}
