//! HTTP/2 used against its server: streams opened to be dropped, frames that ask for work and say
//! nothing, windows that never open. Each ends at a named limit of the bootstrap.

use postern_tests::frames::{CANCEL, END_HEADERS, END_STREAM, Heard, block, frame, kind};
use postern_tests::gate::Gate;
use postern_tests::load::Load;
use postern_tests::partner::PARTNER;
use postern_tests::waiting::eventually;
use std::time::Duration;

/// More than any limit allows, few enough to be sent in a moment.
const ROUNDS: u32 = 20_000;
/// The setting that says how much may be sent on a new stream.
const INITIAL_WINDOW_SIZE: u16 = 4;
/// Deliveries of a good partner before and after an attack that holds it up.
const SERVED: usize = 30;

/// A client's streams have odd numbers.
fn stream(number: u32) -> u32 {
    2 * number + 1
}

/// The fields of a postback that lacks a signature.
fn unsigned() -> Vec<(&'static str, &'static str)> {
    vec![
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", "postbacks.test"),
        (":path", "/v1/event"),
        ("content-type", "application/json"),
        ("x-rs-source", PARTNER),
    ]
}

fn opens(number: u32, flags: u8) -> Vec<u8> {
    frame(
        kind::HEADERS,
        flags | END_HEADERS,
        stream(number),
        &block(&unsigned()),
    )
}

/// Runs an attack beside a good partner whose clicks begin with `run`. Claims that it was served while the attack ran,
/// that no postback of it was held up, and that the backend saw nothing but these. Gives what each attack heard.
async fn beside(gate: &Gate, run: &str, attack: impl AsyncFnMut() -> Heard) -> Vec<Heard> {
    let before = gate.ledger().await.deliveries().await;
    let partner = Load::start(gate.http_addr(), 2, run);
    partner.acknowledges(1).await;
    let heard = partner.goes_on_during(attack).await;
    let seen = partner.stop().await;
    seen.nobody_was_held_up();
    gate.backend_saw_only(before + seen.acknowledged.len() as u64)
        .await;
    heard
}

/// Claims that each connection was ended, and for this reason: a counter of Envoy.
async fn all_are_cut(gate: &Gate, heard: &[Heard], reason: &str) {
    assert!(all_ended(heard), "a connection was not ended: {heard:?}");
    let counted = async || (gate.envoy_counts(reason) >= heard.len() as u64).then_some(());
    eventually(reason, counted).await;
}

fn all_ended(heard: &[Heard]) -> bool {
    heard.iter().all(|heard| heard.ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn rapid_reset_ends_the_connection() {
    let gate = Gate::open().await;
    let round = |number| {
        let reset = frame(kind::RST_STREAM, 0, stream(number), &CANCEL);
        [opens(number, 0), reset].concat()
    };
    let attack = async || gate.frames(&[]).await.floods(ROUNDS, round).await;
    let heard = beside(&gate, "good", attack).await;
    all_are_cut(
        &gate,
        &heard,
        "http.postern.downstream_rq_too_many_premature_resets",
    )
    .await;
    let begun = gate.envoy_counts("http.postern.downstream_rq_http2_total");
    assert!(
        begun < u64::from(ROUNDS) / 2 * heard.len() as u64,
        "{begun} streams were begun before {} ends",
        heard.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn more_streams_at_once_than_are_offered_are_refused() {
    let gate = Gate::open().await;
    // None of them ends, so each holds its place.
    let attack = async || {
        let frames = gate.frames(&[]).await;
        frames.floods(400, |number| opens(number, 0)).await
    };
    let heard = beside(&gate, "good", attack).await;
    let most = gate.envoy_counts("http.postern.downstream_rq_http2_total");
    assert!(
        most <= 100 * heard.len() as u64,
        "{most} streams were open at once"
    );
    let refused = |heard: &Heard| heard.ended || !heard.reset.is_empty();
    assert!(heard.iter().all(refused), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_flood_ends_the_connection() {
    let gate = Gate::open().await;
    // Long enough that one read of Envoy holds few: its codec would else cut first, by a bound of its own.
    let unknown = [0x77, 0x77, 0, 0, 0, 0].repeat(10);
    let settings = |_| frame(kind::SETTINGS, 0, 0, &unknown).repeat(64);
    let attack = async || gate.frames(&[]).await.floods_deaf(ROUNDS, settings).await;
    let heard = beside(&gate, "good", attack).await;
    all_are_cut(&gate, &heard, "http2.outbound_control_flood").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_flood_ends_the_connection() {
    let gate = Gate::open().await;
    let pings = |_| frame(kind::PING, 0, 0, b"postback").repeat(64);
    let attack = async || gate.frames(&[]).await.floods_deaf(ROUNDS, pings).await;
    let heard = beside(&gate, "good", attack).await;
    all_are_cut(&gate, &heard, "http2.outbound_control_flood").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_reads_end_the_connection() {
    // With streams and windows without end, so that nothing else bounds what waits to be read.
    let many = |yaml: String| {
        let ours = "max_concurrent_streams: 100";
        assert!(yaml.contains(ours), "the bootstrap bounds streams");
        yaml.replace(ours, "max_concurrent_streams: 1000000")
    };
    let gate = Gate::of(|stand| stand.edit_bootstrap(many)).await;
    const WIDE: u32 = 0x7fff_ffff;
    const AT_FIRST: u32 = 65_535;
    let attack = async {
        let mut frames = gate.frames(&[(INITIAL_WINDOW_SIZE, WIDE)]).await;
        let wider = (WIDE - AT_FIRST).to_be_bytes();
        let mut wire = frame(kind::WINDOW_UPDATE, 0, 0, &wider);
        // A place that is not there: whatever its sender's name is, that costs no partner's address its welcome.
        let mut fields = unsigned();
        fields[3] = (":path", "/elsewhere");
        let fields = block(&fields);
        for number in 0..2 * ROUNDS {
            let flags = END_HEADERS | END_STREAM;
            wire.extend(frame(kind::HEADERS, flags, stream(number), &fields));
            if number % 100 == 0 && frames.send(&std::mem::take(&mut wire)).await.is_err() {
                break;
            }
        }
        // Still deaf: what is read does not wait.
        eventually("Envoy has had enough", async || {
            (gate.envoy_counts("http2.outbound_flood") > 0).then_some(())
        })
        .await;
        frames.listens(Duration::from_secs(5)).await
    };
    // So many streams hold a worker for seconds, and who is on it waits: to spare them that is what the bound is for that
    // was taken away. So a partner is served before and after, and loses nothing.
    let partner = Load::start(gate.http_addr(), 2, "good");
    partner.acknowledges(SERVED).await;
    let heard = attack.await;
    partner.acknowledges(SERVED).await;
    let seen = partner.stop().await;
    seen.is_all_acknowledged();
    gate.backend_saw_only(seen.acknowledged.len() as u64).await;
    assert!(heard.ended, "the connection was not ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_whose_answers_are_read_cost_partners_nothing() {
    let gate = Gate::open().await;
    // The last one is a byte short. That ends the connection once all before it are answered, and the attack with it.
    let pings = |number| match number + 1 {
        ROUNDS => frame(kind::PING, 0, 0, b"postbac"),
        _ => frame(kind::PING, 0, 0, b"postback"),
    };
    let attack = async || gate.frames(&[]).await.floods(ROUNDS, pings).await;
    let heard = beside(&gate, "good", attack).await;
    assert!(all_ended(&heard), "a connection was not ended: {heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_data_ends_the_connection() {
    let gate = Gate::open().await;
    let round = |number| match number {
        0 => opens(0, 0),
        _ => frame(kind::DATA, 0, stream(0), &[]),
    };
    let attack = async || gate.frames(&[]).await.floods(ROUNDS, round).await;
    let heard = beside(&gate, "good", attack).await;
    all_are_cut(&gate, &heard, "http2.inbound_empty_frames_flood").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn priorities_and_window_updates_without_end_end_the_connection() {
    let gate = Gate::open().await;
    for (kind, payload, counter) in [
        (
            kind::PRIORITY,
            &[0, 0, 0, 0, 7][..],
            "http2.inbound_priority_frames_flood",
        ),
        (
            kind::WINDOW_UPDATE,
            &[0, 0, 0, 1][..],
            "http2.inbound_window_update_frames_flood",
        ),
    ] {
        let round = |number| match number {
            0 => opens(0, 0),
            _ => frame(kind, 0, stream(0), payload),
        };
        let attack = async || gate.frames(&[]).await.floods(ROUNDS, round).await;
        let heard = beside(&gate, counter, attack).await;
        all_are_cut(&gate, &heard, counter).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_never_end_end_the_connection() {
    let gate = Gate::open().await;
    let begin = frame(kind::HEADERS, 0, stream(0), &block(&unsigned()));
    let field = block(&[("x-more", "x".repeat(900))]);
    let full = |_| frame(kind::CONTINUATION, 0, stream(0), &field);
    let empty = |_| frame(kind::CONTINUATION, 0, stream(0), &[]);
    for (run, round) in [
        ("full", &full as &(dyn Fn(u32) -> Vec<u8> + Sync)),
        ("empty", &empty),
    ] {
        let attack = async || {
            let mut frames = gate.frames(&[]).await;
            frames.send(&begin).await.expect("the gate listens");
            frames.floods(ROUNDS, round).await
        };
        let heard = beside(&gate, run, attack).await;
        assert!(all_ended(&heard), "{run}: a connection goes on: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_block_that_unfolds_to_much_is_refused() {
    let gate = Gate::open().await;
    // A field of 4,000 bytes goes into the table once (0x40), and stands there as 62 (0xbe).
    let large = "x".repeat(4_000);
    let stored = block(&[("x-large", &large)]);
    let bomb = [
        block(&unsigned()),
        vec![0x40],
        stored[1..].to_vec(),
        vec![0xbe; 4_000],
    ]
    .concat();
    let flags = END_HEADERS | END_STREAM;
    let bomb = frame(kind::HEADERS, flags, stream(0), &bomb);
    let attack = async || {
        let mut frames = gate.frames(&[]).await;
        frames.send(&bomb).await.expect("the gate listens");
        frames.floods(1, |_| Vec::new()).await
    };
    for heard in beside(&gate, "good", attack).await {
        let refused = heard.ended || heard.reset == [1] || heard.data.contains("headers_too_large");
        assert!(refused, "16 MB of headers were taken: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_never_opens_holds_a_stream_for_its_time_only() {
    let sooner = |yaml: String| {
        assert!(
            yaml.contains("stream_idle_timeout: 30s"),
            "the bootstrap bounds a silent stream"
        );
        yaml.replace("stream_idle_timeout: 30s", "stream_idle_timeout: 2s")
    };
    let gate = Gate::of(|stand| stand.edit_bootstrap(sooner)).await;
    // Each is answered by a refusal whose body may never be sent.
    let round = |number| opens(number, END_STREAM);
    let attack = async || {
        let frames = gate.frames(&[(INITIAL_WINDOW_SIZE, 0)]).await;
        frames.floods(50, round).await
    };
    let heard = beside(&gate, "good", attack).await;
    for heard in &heard {
        assert_eq!(heard.answered.len(), 50, "{heard:?}");
        assert_eq!(heard.data, "", "the window was shut");
    }
    gate.holds_no_request().await;
    let held = 50 * heard.len() as u64;
    assert_eq!(gate.envoy_counts("http2.tx_flush_timeout"), held);
}
