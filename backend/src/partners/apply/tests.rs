//! What a plan shows, and what becomes of one that cannot be carried out.

use std::fs;
use std::path::Path;

use postern_protocol::proof::ProofToken;
use postern_protocol::time::UnixSeconds;

use super::Plan;
use crate::config::{EdgeSettings, Settings};

/// Settings and a plan for a folder with one partner, of which nothing is applied yet.
fn first_plan(folder: &Path) -> (Settings, Plan) {
    let partners = "[[partner]]\nid = \"east\"\nnetworks = [\"127.0.0.1\"]\n\
                    rate_per_second = 5\nburst = 10\namount_unit = \"major\"\n\
                    secrets = [{ id = \"k1\", secret = \"hidden-one\" }]\n";
    fs::write(folder.join("partners.toml"), partners).expect("written");
    let settings = Settings::load(Path::new("/nowhere/postern.toml"), []).expect("defaults");
    let settings = Settings {
        partners: folder.join("partners.toml"),
        applied: folder.join("partners.applied.json"),
        proof_file: folder.join("proof.tokens"),
        edge: EdgeSettings {
            output: folder.join("filter.json"),
            ..settings.edge
        },
        ..settings
    };
    let token = ProofToken::parse(&"t".repeat(32)).expect("a token");
    let plan = Plan::make(&settings, &|_| None, token, UnixSeconds(0)).expect("good");
    (settings, plan)
}

#[test]
fn a_plan_shows_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = format!("{:?}", first_plan(folder.path()).1);
    assert!(shown.contains("east"), "{shown}");
    assert!(
        !shown.contains("hidden") && !shown.contains("tttt"),
        "{shown}"
    );
}

#[test]
fn a_last_step_that_fails_says_what_is_live() {
    let folder = tempfile::tempdir().expect("a folder");
    let (settings, plan) = first_plan(folder.path());
    fs::create_dir(&settings.edge.output).expect("a folder stands in the way");
    let failed = plan
        .carry_out(&settings)
        .expect_err("it cannot be replaced");
    let failed = failed.to_string();
    assert!(failed.contains("The backend's part is live"), "{failed}");
    assert!(settings.applied.exists());
    fs::remove_dir(&settings.edge.output).expect("put right");
    plan.carry_out(&settings).expect("the second run ends it");
}

#[test]
fn nothing_is_replaced_before_all_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut settings, plan) = first_plan(folder.path());
    settings.edge.output = settings.partners.join("below-a-file.json");
    plan.carry_out(&settings)
        .expect_err("there is no such folder");
    assert!(!settings.applied.exists() && !settings.proof_file.exists());
}
