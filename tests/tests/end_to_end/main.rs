//! The whole over the wire: a real Envoy, the real filter, the real program, a real store. One program for
//! all stories, so that they are linked once.
//!
//! All run on the newest Envoy, and once more on the lowest but for those whose first lines say `Run once`.

mod admin;
mod alert_rules;
mod attack_bodies;
mod attack_flood;
mod attack_http2;
mod attack_pseudo;
mod attack_requests;
mod attack_slow;
mod command_line;
mod console_checker;
mod console_deliveries;
mod console_evidence;
mod console_failures;
mod console_keyboard;
mod console_keys;
mod console_login;
mod console_now;
mod console_partners;
mod console_payouts;
mod console_pickers;
mod console_pictures;
mod console_reports;
mod console_review;
mod console_sandbox;
mod console_undo;
mod console_without_script;
mod demo;
mod deploy_envoy;
mod deploy_gateways;
mod deploy_kubernetes;
mod deploy_kubernetes_live;
mod doctor;
mod durability;
mod envoys;
mod forms;
mod framing;
mod http2;
mod identity;
mod installation;
mod limits;
mod locks;
mod metrics;
mod metrics_listener;
mod observe;
mod openapi;
mod overload;
mod own_replies;
mod packed;
mod page;
mod partners_guide;
mod rate;
mod rate_limit_service;
mod refusals;
mod reload;
mod sandbox;
mod secrets;
mod several_envoys;
mod shared_store;
mod snippets;
mod store;
mod suite;
mod suite_certificate;
mod threat_model;
mod tls;
mod tls_scan;
mod tls_versions;
mod tracing;
mod trackers;
mod verdicts;

/// A file that is no module would be no test.
#[test]
fn every_file_here_is_run() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/end_to_end");
    let list = include_str!("main.rs");
    for entry in std::fs::read_dir(here).expect("the stories").flatten() {
        let file = entry.file_name().into_string().expect("a name");
        let name = file.trim_end_matches(".rs");
        let is_run = name == "main" || list.contains(&format!("\nmod {name};"));
        assert!(is_run, "{file}: add `mod {name};` to main.rs");
    }
}
