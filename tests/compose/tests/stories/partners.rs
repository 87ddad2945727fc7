//! Partners changed while everything runs, by the commands an operator has.

use postern_compose_tests::commands::succeeded;
use postern_compose_tests::project::Project;
use postern_compose_tests::reconciled::{SOME, assert_reconciled, load};
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::signing::hmac_hex;
use postern_tests::waiting::eventually;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_partner_is_let_in_without_a_restart_and_a_removed_one_is_kept_out() {
    let project = Project::up();
    let certificate = project.certificate();
    let host = project.host_as_envoy_sees_it();
    let load = load(&project, "load");
    load.acknowledges(SOME).await;

    let stranger = project
        .sends(&certificate, &lead("acme", "unknown to all", "lead-1"))
        .await;
    stranger.refused(403, "forbidden");
    project.in_config("cp partners.toml before.toml");
    let secret = added(&project, &host);
    let _ = succeeded("partners apply", &project.postern(&["partners", "apply"]));
    eventually("the new partner is let in", async || {
        let answer = project
            .sends(&certificate, &lead("acme", &secret, "lead-2"))
            .await;
        (answer.status == 200).then_some(())
    })
    .await;

    project.in_config("cp before.toml partners.toml && postern partners apply");
    eventually("the removed partner is kept out", async || {
        let answer = project
            .sends(&certificate, &lead("acme", &secret, "lead-3"))
            .await;
        (answer.status == 403).then_some(())
    })
    .await;
    load.acknowledges(SOME).await;
    let seen = load.stop().await;
    assert_reconciled(&project, "partners changed live", seen, 0.0).await;
}

/// Adds the partner `acme` that calls from here; its secret.
fn added(project: &Project, host: &str) -> String {
    let add = [
        "partners",
        "add",
        "acme",
        "--network",
        host,
        "--unit",
        "major",
    ];
    secret_in(&succeeded("partners add", &project.postern(&add)))
}

/// A lead of this partner, signed over its raw body.
fn lead(partner: &str, secret: &str, clickid: &str) -> Message {
    let body = Event::registration(clickid).json();
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(partner)
        .sign(&hmac_hex(secret, &body))
        .body(body)
}

/// What `postern partners add` printed it to be.
fn secret_in(text: &str) -> String {
    let word = text.split_whitespace().find(|word| word.len() >= 43);
    word.unwrap_or_else(|| panic!("no secret: {text}"))
        .to_owned()
}
