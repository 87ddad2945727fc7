//! More connections than Envoy takes, and a heap that fills: the bootstrap as it ships, with figures so small that they
//! are reached.

use postern_tests::answer::Answer;
use postern_tests::gate::Gate;
use postern_tests::load::Load;
use postern_tests::postback::registration;
use postern_tests::swarm::dawdle;
use postern_tests::waiting::eventually;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// What the bootstrap says of all connections together, and of the heap.
const MOST_CONNECTIONS: &str = "max_active_downstream_connections: 20000";
const LARGEST_HEAP: &str = "max_heap_size_bytes: 2147483648";
/// From where on patience shrinks, and where none is left.
const IMPATIENT: &str = "scaling_threshold: 0.75, saturation_threshold: 0.95";
/// How many may be connected in these stories, and how many would like to.
const PLACES: usize = 40;
const CROWD: usize = 60;

/// The bootstrap with another figure.
fn with(yaml: &str, ours: &str, other: &str) -> String {
    assert!(yaml.contains(ours), "the bootstrap lacks `{ours}`");
    yaml.replace(ours, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_most_connections_newcomers_are_turned_away_and_who_is_inside_is_served() {
    let few = format!("max_active_downstream_connections: {PLACES}");
    let gate =
        Gate::of(|stand| stand.edit_bootstrap(move |yaml| with(&yaml, MOST_CONNECTIONS, &few)))
            .await;
    let mut inside = gate.tls().await;
    let answer = inside.exchange(&registration("click-1")).await;
    answer.expect("an answer").recorded("accepted");

    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        crowd.push(gate.plain().await); // taken by the kernel; Envoy lets go of it at once
    }
    let listener = gate.http_addr().to_string().replace(':', "_");
    let overflow = format!("listener.{listener}.downstream_global_cx_overflow");
    let turned_away = u64::try_from(CROWD - PLACES + 1).expect("few"); // one place is the partner's
    eventually("the rest of the crowd is turned away", async || {
        (gate.envoy_counts(&overflow) == turned_away).then_some(())
    })
    .await;
    let mut newcomer = gate.plain().await;
    assert!(newcomer.exchange(&registration("click-2")).await.is_err());
    assert!(gate.tls_as(None, gate.certificate()).await.is_err());
    let answer = inside.exchange(&registration("click-3")).await;
    answer.expect("an answer").recorded("accepted");

    drop(crowd);
    eventually("there is room again", async || {
        let answer = gate.plain().await.exchange(&registration("click-4")).await;
        answer.ok().filter(|answer| answer.status == 200)
    })
    .await;
}

/// Starts Envoy again with a heap of so many hundredths of what it has in use.
async fn has_a_heap_of(gate: &Gate, hundredths: u64, change: impl Fn(&str) -> String) {
    let bytes = gate.envoy_counts("server.memory_allocated") * hundredths / 100;
    let heap = format!("max_heap_size_bytes: {bytes}");
    gate.restarts_envoy(|yaml| change(&with(yaml, LARGEST_HEAP, &heap)));
}

fn action(name: &str, what: &str) -> String {
    format!("overload.envoy.overload_actions.{name}.{what}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heap_that_fills_costs_the_silent_their_patience_and_partners_nothing() {
    let gate = Gate::open().await;
    // Full enough that no patience is left, and far from where requests are turned away.
    let sooner = "scaling_threshold: 0.01, saturation_threshold: 0.02";
    has_a_heap_of(&gate, 1_000, |yaml| with(yaml, IMPATIENT, sooner)).await;
    eventually("patience is at its least", async || {
        let percent = gate.envoy_counts(&action("reduce_timeouts", "scale_percent"));
        (percent == 100).then_some(())
    })
    .await;
    let partner = Load::start(gate.http_addr(), 2, "good");
    let silent = |to| dawdle(HERE, to, PLACES, b"", b"", Duration::from_secs(1));
    // `dawdle` waits a third of the minute they have else.
    let both = async || tokio::join!(silent(gate.http_addr()), silent(gate.https_addr()));
    for (plain, tls) in partner.goes_on_during(both).await {
        let cut = [plain, tls].map(|cut| cut.expect("the gate listens"));
        assert_eq!(cut, [PLACES; 2]);
    }
    partner.stop().await.nobody_was_held_up();
    let stopped = action("stop_accepting_requests", "active");
    assert_eq!(gate.envoy_counts(&stopped), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_heap_is_503_until_there_is_room() {
    let gate = Gate::open().await;
    has_a_heap_of(&gate, 50, str::to_owned).await;
    let message = registration("click-1");
    let full = |answer: &Answer| answer.status == 503;
    let answer = gate
        .send_until("requests are turned away", &message, full)
        .await;
    answer.refused_unread(503, "unavailable").hardened();
    assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
    for name in ["reduce_timeouts", "shrink_heap", "stop_accepting_requests"] {
        assert_eq!(gate.envoy_counts(&action(name, "active")), 1, "{name}");
    }
    gate.restarts_envoy(|yaml| {
        let small = yaml
            .lines()
            .find(|line| line.contains("max_heap_size_bytes"));
        with(yaml, small.expect("it is there").trim(), LARGEST_HEAP)
    });
    gate.send_until("it is booked", &message, |answer| answer.status == 200)
        .await;
}
