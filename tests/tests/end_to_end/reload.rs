//! Partners change while postbacks flow: nothing is lost, no bucket is refilled, and what cannot
//! be used is refused while the old set serves on.

use postern_tests::MANY_FAILURES;
use postern_tests::gate::Gate;
use postern_tests::load::Load;
use postern_tests::message::Message;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::postback::{forged, registration, registration_of};
use postern_tests::yaml::with_edge_folder;
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn partners_change_under_load_and_no_request_is_lost() {
    let gate = Gate::of(|stand| stand.concurrency(2)).await;
    let load = Load::start(gate.http_addr(), 8, "load");
    load.acknowledges(100).await;
    let mut partners = vec![Partner::of_the_page()];
    for number in 1..=5 {
        let id = format!("new_{number}");
        partners.push(Partner::new(&id).secret("k1", SECRET));
        gate.applies(&partners_toml(MANY_FAILURES, &partners)).await;
        let clickid = format!("click-{number}");
        gate.send_until(
            "the new partner is let in",
            &registration_of(&id, &clickid),
            |answer| answer.status == 200,
        )
        .await;
        load.acknowledges(50).await;
    }
    let seen = load.stop().await;
    assert!(seen.refused.is_empty(), "{:?}", seen.refused);
    assert!(seen.broken.is_empty(), "{:?}", seen.broken);
    gate.ledger().await.holds(&seen.acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_does_not_refill_a_bucket() {
    let page = Partner::of_the_page().rate(1, 20);
    let gate = Gate::with(&partners_toml(MANY_FAILURES, std::slice::from_ref(&page))).await;
    let start = Instant::now();
    let mut passed = 0;
    for number in 0..20 {
        gate.send(&registration(&format!("first-{number}")))
            .await
            .recorded("flagged");
        passed += 1;
    }
    let new = Partner::new("new").secret("k1", SECRET);
    gate.applies(&partners_toml(MANY_FAILURES, &[page.clone(), new]))
        .await;
    gate.send_until(
        "the new partner is let in",
        &registration_of("new", "click-1"),
        |answer| answer.status == 200,
    )
    .await;
    for number in 0..40 {
        let answer = gate.send(&registration(&format!("second-{number}"))).await;
        passed += u64::from(answer.status == 200);
    }
    let allowed = 20 + start.elapsed().as_secs();
    assert!(passed <= allowed, "{passed} passed, {allowed} may");
    assert_eq!(gate.ledger().await.deliveries_of(PARTNER).await, passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_taken_off_is_let_in_no_more() {
    let leaver = Partner::new("leaver").secret("k1", SECRET);
    let gate = Gate::with(&partners_toml(
        MANY_FAILURES,
        &[Partner::of_the_page(), leaver],
    ))
    .await;
    gate.send(&registration_of("leaver", "click-1"))
        .await
        .recorded("accepted");
    gate.applies(&partners_toml(MANY_FAILURES, &[Partner::of_the_page()]))
        .await;
    let leaves = registration_of("leaver", "click-2");
    gate.send_until("the leaver is refused", &leaves, |answer| {
        answer.status == 403
    })
    .await
    .refused(403, "forbidden");
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partners_file_with_mistakes_is_refused_whole_and_the_old_one_serves() {
    let gate = Gate::open().await;
    let before = gate.edge_file();
    let bad = Partner::new("bad")
        .networks(&["not a network"])
        .secret("k1", "short")
        .line("colour = \"red\"");
    let told = gate
        .refuses_to_apply(&partners_toml(
            MANY_FAILURES,
            &[Partner::of_the_page(), bad],
        ))
        .await;
    for mistake in ["not a network", "colour", "bad"] {
        assert!(told.contains(mistake), "no word about `{mistake}`: {told}");
    }
    assert!(!told.contains(SECRET), "a secret is in the message: {told}");
    assert_eq!(gate.edge_file(), before, "the edge's part is as it was");
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_file_nobody_can_use_does_not_open_or_close_the_gate() {
    let gate = Gate::open().await;
    let load = Load::start(gate.http_addr(), 2, "load");
    load.acknowledges(20).await;
    let good = gate.edge_file();
    let unknown_field = good.replacen("max_body_bytes", "max_body_bites", 1);
    assert_ne!(unknown_field, good);
    for broken in ["not JSON at all".to_owned(), unknown_field] {
        let refusals = gate.refused_configurations();
        gate.moves_in_edge_file(&broken);
        gate.refuses_a_configuration(refusals).await;
        load.acknowledges(20).await;
        gate.send(&registration("click-1").sign("x")).await;
        let forged = forged("click-1");
        gate.send(&forged).await.refused(401, "unauthorized");
    }
    let seen = load.stop().await;
    assert!(
        seen.refused.is_empty() && seen.broken.is_empty(),
        "{:?} {:?}",
        seen.refused,
        seen.broken
    );
    gate.moves_in_edge_file(&good);
    gate.send(&registration("click-2"))
        .await
        .recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_starts_with_an_unusable_configuration_refuses_everything() {
    let good = Gate::open().await.edge_file();
    let unknown_field = good.replacen("max_body_bytes", "max_body_bites", 1);
    assert_ne!(unknown_field, good);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("postern-filter.json"), unknown_field).expect("written");
    let path = folder.path().to_owned();
    let gate =
        Gate::of(|stand| stand.edit_bootstrap(move |yaml| with_edge_folder(&yaml, &path))).await;
    let unsigned = Message::new(
        "GET",
        "/v1/event?clickid=click-1&event=lead&status=approved",
    );
    for message in [registration("click-1"), unsigned.source(PARTNER)] {
        let answer = gate.send(&message).await;
        answer.refused(503, "misconfigured");
        assert_eq!(answer.header("retry-after"), Some("5"), "{answer:?}");
    }
    assert_eq!(gate.ledger().await.deliveries().await, 0);
}
