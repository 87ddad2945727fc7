//! Certificates at the listener: the gate's own, renewed while postbacks come in, and those that partners must show.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use postern_tests::MANY_FAILURES;
use postern_tests::gate::Gate;
use postern_tests::partner::{Partner, SECRET, partners_toml};
use postern_tests::postback::{forged, registration, registration_of};
use postern_tests::tls::Identity;
use postern_tests::waiting::eventually;
use tokio::task::JoinSet;

/// Senders that shake hands anew for each request.
const SENDERS: usize = 3;
/// Requests that come in before and after a renewal, at least.
const REQUESTS_BESIDE: usize = 20;

/// Senders that shake hands anew for each request, trusting what they are given, and fail when one is not answered 200.
struct Handshakes {
    sent: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    senders: JoinSet<()>,
}

impl Handshakes {
    fn start(gate: &Arc<Gate>, trusted_pem: &[u8]) -> Handshakes {
        let (sent, stop) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let (gate, trusted_pem) = (Arc::clone(gate), trusted_pem.to_vec());
            let (sent, stop) = (Arc::clone(&sent), Arc::clone(&stop));
            senders.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let connection = gate.tls_as(None, &trusted_pem).await;
                    let mut connection = connection.expect("each handshake succeeds");
                    let number = sent.load(Ordering::Relaxed);
                    let postback = registration(&format!("renewal-{sender}-{number}"));
                    let answer = connection.exchange(&postback).await.expect("an answer");
                    assert_eq!(answer.status, 200, "{answer:?}");
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Handshakes {
            sent,
            stop,
            senders,
        }
    }

    async fn more(&self) {
        let wanted = self.sent.load(Ordering::Relaxed) + REQUESTS_BESIDE;
        let sent = async || (self.sent.load(Ordering::Relaxed) >= wanted).then_some(());
        eventually("more requests", sent).await;
    }

    async fn all_succeeded(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.senders.join_next().await {
            ended.expect("each request was answered with 200");
        }
    }
}

async fn is_shown(gate: &Gate, certificate: &Identity) {
    let pem = certificate.certificate_pem();
    let shown = async || gate.tls_as(None, pem.as_bytes()).await.ok();
    eventually("the new certificate is shown", shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_shown_at_once_and_no_request_fails() {
    let gate = Arc::new(Gate::open().await);
    let next = Identity::new();
    let either = [gate.certificate(), b"\n", next.certificate_pem().as_bytes()].concat();
    let mut held = gate.tls().await;
    let handshakes = Handshakes::start(&gate, &either);
    handshakes.more().await;
    gate.renews_certificate(&next.certificate_pem(), &next.key_pem());
    is_shown(&gate, &next).await;
    let old = gate.tls_as(None, gate.certificate()).await;
    assert!(old.is_err(), "the old one is shown still");
    handshakes.more().await;
    handshakes.all_succeeded().await;
    // Who is connected stays so.
    let answer = held.exchange(&registration("click-1")).await;
    answer.expect("an answer").recorded("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_nobody_can_use_leaves_the_old_one() {
    let gate = Gate::open().await;
    let (next, other) = (Identity::new(), Identity::new());
    let rejected = gate.refused_certificates();
    gate.renews_certificate(&next.certificate_pem(), &other.key_pem());
    gate.refuses_a_certificate(rejected).await;
    gate.send_tls(&registration("click-1"))
        .await
        .recorded("accepted");
    // Healed: the key that belongs to it.
    gate.renews_certificate(&next.certificate_pem(), &next.key_pem());
    is_shown(&gate, &next).await;
}

fn certified(certificates: &[&Identity]) -> String {
    let fingerprints: Vec<String> = certificates.iter().map(|it| it.fingerprint()).collect();
    let line = format!("client_certificates = {fingerprints:?}");
    let certified = Partner::new("certified").secret("k1", SECRET).line(&line);
    partners_toml(MANY_FAILURES, &[Partner::of_the_page(), certified])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_with_certificates_must_show_one_of_them_and_no_other_partner_any() {
    let (own, other) = (Identity::new(), Identity::new());
    let gate = Gate::with(&certified(&[&own])).await;
    let postback = |click: &str| registration_of("certified", click);
    gate.send_as(&own, &postback("click-1"))
        .await
        .recorded("accepted");
    // Not shown, another one, and no TLS at all.
    gate.send_tls(&postback("click-2"))
        .await
        .refused(403, "client_certificate");
    gate.send_as(&other, &postback("click-2"))
        .await
        .refused(403, "client_certificate");
    gate.send(&postback("click-2"))
        .await
        .refused(403, "client_certificate");
    for reason in ["certificate_missing", "certificate_unknown"] {
        gate.log_entry(|entry| {
            let decision = entry["decision"].as_str().unwrap_or_default();
            decision.ends_with(&format!("error=client_certificate;reason={reason}"))
        })
        .await;
    }
    gate.counts("certified", "client_certificate", 3).await;
    // A certificate is a further check and takes no other one's place.
    let forged = forged("click-2").without("x-rs-source").source("certified");
    gate.send_as(&own, &forged)
        .await
        .refused(401, "unauthorized");
    // The others need none, and may have any.
    gate.send_tls(&registration("click-3"))
        .await
        .recorded("accepted");
    gate.send_as(&other, &registration("click-4"))
        .await
        .recorded("accepted");
    assert_eq!(gate.ledger().await.deliveries().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partners_certificate_is_replaced_without_a_gap() {
    let (old, new) = (Identity::new(), Identity::new());
    let gate = Gate::with(&certified(&[&old])).await;
    let postback = |click: &str| registration_of("certified", click);
    gate.send_as(&new, &postback("click-1"))
        .await
        .refused(403, "client_certificate");
    gate.applies(&certified(&[&old, &new])).await;
    let send_until = async |identity: &Identity, click: &str, status: u16| {
        eventually(&format!("{status} for {click}"), async || {
            let answer = gate.send_as(identity, &postback(click)).await;
            (answer.status == status).then_some(())
        })
        .await;
    };
    send_until(&new, "click-1", 200).await;
    gate.send_as(&old, &postback("click-2"))
        .await
        .recorded("accepted");
    gate.applies(&certified(&[&new])).await;
    send_until(&old, "click-3", 403).await;
    gate.send_as(&new, &postback("click-3"))
        .await
        .recorded("accepted");
}
