//! The newest Envoy and the lowest one we support: both take the bootstrap that ships, and the
//! lowest tells the core story too. (All other stories run on the newest.)

use postern_tests::MANY_FAILURES;
use postern_tests::gate::Gate;
use postern_tests::http2::Ending;
use postern_tests::load::Load;
use postern_tests::partner::{PARTNER, Partner, SECRET, partners_toml};
use postern_tests::postback::{forged, registration, registration_of};
use postern_tests::programs::{envoy, lowest_envoy, shipped_bootstrap_in};
use std::path::Path;
use std::process::Command;

/// Claims that this Envoy finds nothing wrong with the files of `envoy/`.
fn validates(envoy: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    let bootstrap = shipped_bootstrap_in(folder.path());
    let ran = Command::new(envoy)
        .args(["--mode", "validate", "--log-level", "warning", "-c"])
        .arg(&bootstrap)
        .output();
    let ran = ran.unwrap_or_else(|error| panic!("{}: {error}", envoy.display()));
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(ran.status.success(), "{said}");
    assert!(!said.to_lowercase().contains("deprecated"), "{said}");
}

#[test]
fn the_newest_envoy_takes_the_bootstrap() {
    validates(&envoy());
}

#[test]
fn the_lowest_envoy_takes_the_bootstrap() {
    validates(&lowest_envoy());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lowest_envoy_lets_in_what_is_good_and_refuses_the_rest() {
    let slow = Partner::new("slow").secret("k1", SECRET).rate(1, 1);
    let partners = partners_toml(MANY_FAILURES, &[Partner::of_the_page(), slow]);
    let gate = Gate::of(|stand| stand.envoy(lowest_envoy()).partners(partners)).await;
    gate.send(&registration("click-1"))
        .await
        .recorded("accepted");
    gate.send(&registration("click-1"))
        .await
        .recorded("duplicate");
    gate.send_tls(&registration("click-2").chunked(1))
        .await
        .recorded("accepted");
    gate.send(&forged("click-3"))
        .await
        .refused(401, "unauthorized");
    gate.send_from("127.0.0.9", &registration("click-3"))
        .await
        .refused(403, "forbidden");
    gate.send(&registration_of("slow", "click-4"))
        .await
        .recorded("accepted");
    let too_fast = registration_of("slow", "click-5");
    gate.send_until("the bucket is empty", &too_fast, |answer| {
        answer.status != 200
    })
    .await
    .refused(429, "rate_limited");
    let entry = gate.log_entry(|entry| entry["status"] == 429).await;
    assert!(
        entry["decision"]
            .as_str()
            .unwrap_or_default()
            .contains("rate_limited"),
        "{entry}"
    );
    gate.counts(PARTNER, "unauthorized", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lowest_envoy_decides_however_a_stream_ends() {
    let gate = Gate::of(|stand| stand.envoy(lowest_envoy())).await;
    let http2 = gate.http2().await;
    for (number, ending) in [Ending::Plain, Ending::Trailers, Ending::EmptyData]
        .into_iter()
        .enumerate()
    {
        let good = registration(&format!("click-{}", 1 + number));
        http2
            .exchange(&good, 9, ending)
            .await
            .expect("an answer")
            .recorded("accepted");
        let forged = http2.exchange(&forged("click-9"), 9, ending).await;
        forged.expect("an answer").refused(401, "unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lowest_envoy_takes_new_partners_under_load() {
    let gate = Gate::of(|stand| stand.envoy(lowest_envoy())).await;
    let load = Load::start(gate.http_addr(), 4, "load");
    load.acknowledges(50).await;
    let new = Partner::new("new").secret("k1", SECRET);
    gate.applies(&partners_toml(
        MANY_FAILURES,
        &[Partner::of_the_page(), new],
    ))
    .await;
    let of_new = registration_of("new", "click-1");
    gate.send_until("the new partner is let in", &of_new, |answer| {
        answer.status == 200
    })
    .await;
    load.acknowledges(50).await;
    let seen = load.stop().await;
    assert!(
        seen.refused.is_empty() && seen.broken.is_empty(),
        "{:?} {:?}",
        seen.refused,
        seen.broken
    );
    gate.ledger().await.holds(&seen.acknowledged).await;
}
