//! Those who take their time hold a place until a named time limit ends it, and no partner waits.

use postern_stand::Builder;
use postern_tests::gate::Gate;
use postern_tests::load::Load;
use postern_tests::message::Message;
use postern_tests::postback::forged;
use postern_tests::slowhttptest::{CONNECTIONS, MOST_SECONDS, slowhttptest};
use postern_tests::swarm::dawdle;
use postern_tests::waiting::eventually;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::Instant;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const SWARM: usize = 200;
/// Longer than the time limits below.
const FEW_SECONDS: u32 = 8;
/// What a good partner posts by meanwhile.
const PARTNERS_CONNECTIONS: usize = 2;

/// The time limits of the bootstrap that end an attack, and what they are in these stories.
const SOONER: [(&str, &str); 5] = [
    (
        "request_headers_timeout: 10s",
        "request_headers_timeout: 1s",
    ),
    ("request_timeout: 20s", "request_timeout: 2s"),
    ("stream_idle_timeout: 30s", "stream_idle_timeout: 2s"),
    (
        "            idle_timeout: 60s",
        "            idle_timeout: 3s",
    ),
    (
        "transport_socket_connect_timeout: 10s",
        "transport_socket_connect_timeout: 2s",
    ),
];

fn sooner(stand: Builder) -> Builder {
    stand.edit_bootstrap(|yaml| {
        SOONER.iter().fold(yaml, |yaml, (ours, shorter)| {
            assert!(yaml.contains(ours), "the bootstrap lacks `{ours}`");
            yaml.replace(ours, shorter)
        })
    })
}

/// Runs an attack beside a good partner and claims that it was served while the attack ran, that no postback of it was
/// held up, and that the backend saw nothing but these.
async fn beside<T>(gate: &Gate, attack: impl AsyncFnMut() -> T) -> T {
    let partner = Load::start(gate.http_addr(), PARTNERS_CONNECTIONS, "good");
    partner.acknowledges(1).await;
    let outcome = partner.goes_on_during(attack).await.pop();
    let seen = partner.stop().await;
    seen.nobody_was_held_up();
    gate.backend_saw_only(seen.acknowledged.len() as u64).await;
    outcome.expect("it ran")
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_headers_are_cut_and_partners_are_served() {
    let gate = Gate::of(sooner).await;
    let attack =
        async || slowhttptest(gate.folder(), gate.http_addr(), &["-H"], MOST_SECONDS).await;
    let report = beside(&gate, attack).await;
    assert!(report.all_cut && report.served, "{}", report.text);
    assert!(gate.envoy_counts("http.postern.downstream_rq_header_timeout") > 0);
    gate.holds_no_connection().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_are_cut_and_partners_are_served() {
    let gate = Gate::of(sooner).await;
    let slow_json = ["-B", "-s", "60000", "-f", "application/json"];
    let attack =
        async || slowhttptest(gate.folder(), gate.http_addr(), &slow_json, MOST_SECONDS).await;
    let report = beside(&gate, attack).await;
    assert!(report.all_cut && report.served, "{}", report.text);
    let entry = gate.log_entry(|entry| entry["status"] == 408).await;
    assert_eq!(entry["details"], "request_overall_timeout", "{entry}");
    gate.holds_no_connection().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_reads_are_let_go_and_partners_are_served() {
    let gate = Gate::of(sooner).await;
    let slow = [
        "-X", "-w", "1", "-y", "64", "-n", "1", "-z", "5", "-k", "10",
    ];
    // The tool does not see that it was cut: it goes on for as long as there is something in its kernel's buffers. So
    // Envoy is asked, while the tool is still reading, how many connections it was that ended.
    let by_envoy = || gate.envoy_counts("http.postern.downstream_cx_destroy_local");
    let attack = async || {
        let before = by_envoy();
        let tool = async {
            let report = slowhttptest(gate.folder(), gate.http_addr(), &slow, FEW_SECONDS).await;
            (report, Instant::now())
        };
        let cut = async {
            let all = before + u64::from(CONNECTIONS);
            let cut = async || (by_envoy() >= all).then_some(());
            eventually("each is ended by Envoy", cut).await;
            Instant::now()
        };
        tokio::join!(tool, cut)
    };
    let ((report, ended), cut) = beside(&gate, attack).await;
    assert!(report.served, "{}", report.text);
    assert!(report.all_cut || cut < ended, "{}", report.text);
    gate.holds_no_connection().await;
}

/// So many forged requests go out in a row that their answers have to wait.
const UNREAD: usize = 5_000;

#[tokio::test(flavor = "multi_thread")]
async fn who_piles_up_refusals_without_reading_them_is_cut() {
    let gate = Gate::of(sooner).await;
    let attack = async || {
        let before = gate.envoy_counts("http1.response_flood");
        let mut deaf = gate.plain().await;
        let many = forged("click-1").bytes().repeat(UNREAD);
        let _ = deaf.write(&many).await; // it hangs up before all is out
        eventually("it is cut", async || {
            (gate.envoy_counts("http1.response_flood") > before).then_some(())
        })
        .await;
    };
    beside(&gate, attack).await;
    gate.holds_no_connection().await;
}

/// The head of a TLS record of 256 bytes, which never come.
const HALF_A_HELLO: &[u8] = &[0x16, 3, 1, 1, 0];

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_is_let_go_in_plain_and_in_tls() {
    let gate = Gate::of(sooner).await;
    let swarm = |to: SocketAddr, first: &'static [u8]| {
        dawdle(HERE, to, SWARM, first, b"", Duration::from_secs(1))
    };
    let attack = async || {
        tokio::join!(
            swarm(gate.http_addr(), b""),
            swarm(gate.https_addr(), b""),
            swarm(gate.https_addr(), HALF_A_HELLO),
        )
    };
    let (plain, tls, half) = beside(&gate, attack).await;
    let cut = [plain, tls, half].map(|cut| cut.expect("the gate listens"));
    assert_eq!(cut, [SWARM; 3], "not all were let go");
    // The time that silent connections have would end a handshake as well, but later.
    let listener = gate.https_addr().to_string().replace(':', "_");
    let handshakes = format!("listener.{listener}.downstream_cx_transport_socket_connect_timeout");
    assert_eq!(gate.envoy_counts(&handshakes), 2 * SWARM as u64);
    gate.holds_no_connection().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_slow_body_is_cut_like_any_other() {
    let gate = Gate::of(sooner).await;
    let head = Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .header("content-length", "60000")
        .source("nobody")
        .framed_as_told()
        .bytes();
    // It is refused by its headers; the body is awaited only to keep the connection, and not for long.
    let to = gate.http_addr();
    let attack = async || dawdle(HERE, to, SWARM, &head, b"x", Duration::from_secs(1)).await;
    let cut = beside(&gate, attack).await.expect("the gate listens");
    assert_eq!(cut, SWARM, "not all were let go");
    // One that is told to be too long is not awaited at all.
    let mut stranger = gate.plain().await;
    let long = String::from_utf8(head)
        .expect("text")
        .replace("60000", "6000000");
    stranger
        .write(long.as_bytes())
        .await
        .expect("the gate listens");
    let answer = stranger.read_answer("POST").await.expect("an answer");
    answer.refused(403, "forbidden");
}
