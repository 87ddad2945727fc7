//! What people wrote and what was made of it: `partners.toml`, the backend's part, the edge's part,
//! the proof.

use postern_protocol::edge::EdgeConfig;
use postern_protocol::proof::ProofToken;
use subtle::ConstantTimeEq as _;

use super::{Findings, Patient};
use crate::files;
use crate::partners::apply::Plan;
use crate::partners::{edge, proof_file};

const APPLY: &str = "run `postern partners apply`";

/// What the edge's file says.
pub(super) struct EdgeFile {
    /// The token the filter sends.
    pub(super) proof: ProofToken,
    /// Names its content.
    pub(super) version: String,
}

/// Looks at all of it, and gives the edge's part where it can be read.
pub(super) fn examine(patient: &Patient<'_>, findings: &mut Findings) -> Option<EdgeFile> {
    partners(patient, findings);
    let edge = edge_file(patient, findings);
    proof(patient, edge.as_ref(), findings);
    edge
}

/// `partners.toml` against what is applied.
fn partners(patient: &Patient<'_>, findings: &mut Findings) {
    // Nothing is written: the token stands for the one an apply would make.
    let token = ProofToken::parse(&"-".repeat(32)).expect("dashes make a token");
    let now = patient.clock.unix_seconds();
    let path = patient.settings.partners.display();
    match Plan::make(patient.settings, patient.environment, token, now) {
        Err(error) => findings.broken(
            "partners",
            error.to_string(),
            format!("put {path} right, then {APPLY}"),
        ),
        Ok(plan) if !plan.difference().is_empty() => findings.broken(
            "partners",
            format!(
                "{path} is not applied yet. What differs:\n{}",
                plan.difference()
            ),
            format!("{APPLY}, or undo the change"),
        ),
        Ok(plan) => {
            findings.good("partners", format!("{path} is what is applied"));
            for warning in plan.warnings() {
                findings.doubtful("partners", warning, format!("look at {path}"));
            }
        }
    }
}

fn edge_file(patient: &Patient<'_>, findings: &mut Findings) -> Option<EdgeFile> {
    let path = &patient.settings.edge.output;
    let read = match files::read_if_there(path) {
        Ok(Some(text)) => text,
        Ok(None) => {
            let said = format!("there is no {}: Envoy has no gate to load", path.display());
            findings.broken("edge_file", said, APPLY);
            return None;
        }
        Err(error) => {
            let advice = "run this as the user who owns the file; it holds secrets";
            findings.broken("edge_file", error.to_string(), advice);
            return None;
        }
    };
    let config = edge::configuration_in(&read)
        .and_then(|text| EdgeConfig::parse(text.as_bytes()).ok())
        .zip(edge::version_in(&read));
    let Some((config, version)) = config else {
        let said = format!("{} is not what a filter can load", path.display());
        findings.broken("edge_file", said, APPLY);
        return None;
    };
    let said = format!("{} holds configuration {version}", path.display());
    findings.good("edge_file", said);
    Some(EdgeFile {
        proof: config.proof,
        version,
    })
}

/// The token that the filter sends must be one that the backend takes.
fn proof(patient: &Patient<'_>, edge: Option<&EdgeFile>, findings: &mut Findings) {
    let path = patient.settings.proof_file.display();
    let tokens = match proof_file::require(&patient.settings.proof_file) {
        Ok(tokens) => tokens,
        Err(error) => return findings.broken("proof", error.to_string(), APPLY),
    };
    let Some(edge) = edge else { return };
    let sent = edge.proof.expose().as_bytes();
    let place = |token: &ProofToken| bool::from(token.expose().as_bytes().ct_eq(sent));
    match tokens.tokens().iter().position(place) {
        Some(0) if tokens.tokens().len() == 1 => {
            findings.good("proof", "gate and backend hold the same proof token");
        }
        Some(0) => findings.doubtful(
            "proof",
            "the gate sends the first of two tokens: the rotation is not finished",
            format!("remove the second line of {path}"),
        ),
        Some(_) => findings.doubtful(
            "proof",
            "the gate still sends the old one of two tokens",
            format!("{APPLY}, and remove the second line of {path} when the edge has it"),
        ),
        None => findings.broken(
            "proof",
            format!(
                "the token in the edge's file is none of those in {path}: the backend refuses all"
            ),
            APPLY,
        ),
    }
}
