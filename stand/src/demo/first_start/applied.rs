//! Whether Envoy has what was applied from this folder of partners: another folder may have come in its
//! place, whose partners were never applied, or were applied where another Envoy runs.

use std::fs;
use std::path::Path;

use postern_protocol::edge::EdgeConfig;
use postern_protocol::proof::{ProofToken, ProofTokens};

/// Where the filter's configuration stands in the file that Envoy watches.
const CONFIGURATION: &str = "/resources/0/typed_config/config/configuration/value";

/// Whether the backend's part is there and takes what the gate sends. What cannot be read is as good as
/// missing: to apply once more is the way out of both.
pub(super) fn is_here(folder: &Path) -> bool {
    let partners = folder.join("partners");
    let sent = sent(&folder.join("edge/postern-filter.json"));
    let taken = taken(&partners.join("proof.tokens"));
    let takes = sent.zip(taken).is_some_and(|(sent, taken)| {
        let mut tokens = taken.tokens().iter();
        tokens.any(|token| token.expose() == sent.expose())
    });
    takes && partners.join("partners.applied.json").exists()
}

/// The proof that the gate sends.
fn sent(edge: &Path) -> Option<ProofToken> {
    let response: serde_json::Value = serde_json::from_str(&fs::read_to_string(edge).ok()?).ok()?;
    let configuration = response.pointer(CONFIGURATION)?.as_str()?;
    Some(EdgeConfig::parse(configuration.as_bytes()).ok()?.proof)
}

/// The proofs that the backends take.
fn taken(file: &Path) -> Option<ProofTokens> {
    ProofTokens::parse_lines(&fs::read_to_string(file).ok()?).ok()
}
