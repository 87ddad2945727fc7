//! The mix: partners who post over each protocol, and those who forge, break, abandon and reset. Each
//! sender is paced, so a soak of the same length is the same load on any machine that keeps up.

use postern_tests::MANY_FAILURES;
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::frames::{CANCEL, END_HEADERS, block, frame, kind};
use postern_tests::gate::Gate;
use postern_tests::http2::Ending;
use postern_tests::message::Message;
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::postback::{forged, registration};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Of the run, at its beginning, without an attack: what the good partner's times are compared to.
pub(crate) const SHARE_QUIET: f64 = 0.2;

const KEPT_ALIVE: usize = 8;
const KEPT_ALIVE_PER_SECOND: u32 = 25;
const HTTP2_PER_SECOND: u32 = 20;
const NEW_TLS_PER_SECOND: u32 = 2;
/// Of each kind of attack that keeps its connection; those that need new ones are slower.
const FORGED_PER_SECOND: u32 = 50;
const BROKEN_PER_SECOND: u32 = 5;
/// A click log larger than the pages SQLite keeps in memory: each delivery looks up another one, so
/// that this cache is full before memory is judged. And more clicks than a soak of an hour uses.
const CLICKS: u64 = 1_000_000;
/// A prime that does not divide it: so many clicks on from one delivery to the next.
const STRIDE: u64 = 611_953;
/// Connections that stopped in the middle of a body are held open, so many at once.
const ABANDONED: usize = 50;
/// Streams opened and given up on one connection; fewer than would end it.
const RESETS: u32 = 20;

/// What was seen of it.
#[derive(Default)]
pub(crate) struct Seen {
    /// How long each good postback took while all was quiet, and while an attack went on.
    pub(crate) quiet: Vec<Duration>,
    pub(crate) attacked: Vec<Duration>,
    /// Good postbacks that were not recorded, and why.
    pub(crate) wrong: Vec<String>,
    /// Attacks of each kind, by what became of them.
    pub(crate) attacks: BTreeMap<(&'static str, String), u64>,
}

pub(crate) struct Traffic {
    shared: Arc<Shared>,
    senders: JoinSet<()>,
}

struct Shared {
    gate: Arc<Gate>,
    stop: AtomicBool,
    under_attack: AtomicBool,
    next_click: AtomicU64,
    seen: Mutex<Seen>,
}

/// A gate that knows a click for each good postback.
pub(crate) async fn gate() -> Arc<Gate> {
    let gate = Gate::with(&partners(0)).await;
    let mut clicks = "clickid\n".to_owned();
    for number in 0..CLICKS {
        clicks += &format!("{}\n", click(number));
    }
    let path = gate.folder().join("soak.csv");
    std::fs::write(&path, clicks).expect("the stand's folder can be written");
    gate.runs(&["clicks", "import", &path.to_string_lossy()]);
    Arc::new(gate)
}

/// The partners, a little different each time they are applied.
pub(crate) fn partners(applied: u32) -> String {
    let partner = Partner::of_the_page()
        .networks(&["127.0.0.0/24"])
        .rate(100_000 + applied, 100_000);
    partners_toml(MANY_FAILURES, &[partner])
}

fn click(number: u64) -> String {
    format!("soak-{number}")
}

impl Traffic {
    /// Begins with the good partners alone.
    pub(crate) fn start(gate: &Arc<Gate>) -> Traffic {
        let shared = Arc::new(Shared {
            gate: Arc::clone(gate),
            stop: AtomicBool::new(false),
            under_attack: AtomicBool::new(false),
            next_click: AtomicU64::new(0),
            seen: Mutex::new(Seen::default()),
        });
        let mut senders = JoinSet::new();
        for _ in 0..KEPT_ALIVE {
            senders.spawn(keep_alive(Arc::clone(&shared)));
        }
        senders.spawn(over_http2(Arc::clone(&shared)));
        senders.spawn(over_new_tls(Arc::clone(&shared)));
        Traffic { shared, senders }
    }

    /// Adds the attackers; once.
    pub(crate) fn attack(&mut self) {
        if self.shared.under_attack.swap(true, Ordering::Relaxed) {
            return;
        }
        let shared = || Arc::clone(&self.shared);
        self.senders.spawn(forge(shared(), "forged", "127.0.0.7"));
        self.senders
            .spawn(forge(shared(), "forbidden", "127.0.1.9"));
        self.senders.spawn(break_lengths(shared()));
        self.senders.spawn(abandon(shared()));
        self.senders.spawn(reset(shared()));
    }

    /// Lets each sender end what it is at, and tells what was seen.
    ///
    /// # Panics
    /// When a sender did.
    pub(crate) async fn stop(mut self) -> Seen {
        self.shared.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.senders.join_next().await {
            ended.expect("a sender panicked");
        }
        std::mem::take(&mut *self.shared.seen.lock().expect("no sender panicked"))
    }
}

impl Shared {
    /// Waits for the next turn of a sender; `false` when the soak is over.
    async fn turn(&self, clock: &mut tokio::time::Interval) -> bool {
        clock.tick().await;
        !self.stop.load(Ordering::Relaxed)
    }

    fn good(&self) -> Message {
        let number = self.next_click.fetch_add(1, Ordering::Relaxed);
        registration(&click(number * STRIDE % CLICKS))
    }

    fn note_good(&self, sent: Instant, outcome: io::Result<Answer>) {
        let took = sent.elapsed();
        let mut seen = self.seen.lock().expect("no sender panicked");
        match outcome {
            Ok(answer) if answer.status == 200 && answer.text("result") == "accepted" => {
                if self.under_attack.load(Ordering::Relaxed) {
                    seen.attacked.push(took);
                } else {
                    seen.quiet.push(took);
                }
            }
            Ok(answer) => seen.wrong.push(format!("{answer:?}")),
            Err(error) => seen.wrong.push(error.to_string()),
        }
    }

    fn note_attack(&self, kind: &'static str, outcome: io::Result<Answer>) {
        let told = outcome.map_or_else(|_| "cut".to_owned(), |answer| answer.status.to_string());
        let mut seen = self.seen.lock().expect("no sender panicked");
        *seen.attacks.entry((kind, told)).or_default() += 1;
    }
}

fn pace(per_second: u32) -> tokio::time::Interval {
    let mut clock = interval(Duration::from_secs(1) / per_second);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    clock
}

async fn keep_alive(shared: Arc<Shared>) {
    let mut clock = pace(KEPT_ALIVE_PER_SECOND);
    let mut connection = shared.gate.plain().await;
    while shared.turn(&mut clock).await {
        let sent = Instant::now();
        let outcome = connection.exchange(&shared.good()).await;
        let lost = outcome.is_err();
        shared.note_good(sent, outcome);
        if lost {
            connection = shared.gate.plain().await;
        }
    }
}

async fn over_http2(shared: Arc<Shared>) {
    let mut clock = pace(HTTP2_PER_SECOND);
    let mut connection = shared.gate.http2().await;
    while shared.turn(&mut clock).await {
        let sent = Instant::now();
        let outcome = connection
            .exchange(&shared.good(), 4_096, Ending::Plain)
            .await;
        let lost = outcome.is_err();
        shared.note_good(sent, outcome);
        if lost {
            connection = shared.gate.http2().await;
        }
    }
}

async fn over_new_tls(shared: Arc<Shared>) {
    let mut clock = pace(NEW_TLS_PER_SECOND);
    while shared.turn(&mut clock).await {
        let sent = Instant::now();
        let outcome = shared.gate.tls().await.exchange(&shared.good()).await;
        shared.note_good(sent, outcome);
    }
}

async fn forge(shared: Arc<Shared>, kind: &'static str, from: &'static str) {
    let from: IpAddr = from.parse().expect("an address");
    let mut clock = pace(FORGED_PER_SECOND);
    let mut connection = None;
    while shared.turn(&mut clock).await {
        let mut open = match connection.take() {
            Some(open) => open,
            None => Connection::open_from(from, shared.gate.http_addr())
                .await
                .expect("the gate listens"),
        };
        let outcome = open.exchange(&forged("soak-0")).await;
        connection = outcome.is_ok().then_some(open);
        shared.note_attack(kind, outcome);
    }
}

async fn break_lengths(shared: Arc<Shared>) {
    let mut clock = pace(BROKEN_PER_SECOND);
    let broken = forged("soak-0").header("content-length", "4").chunked(16);
    while shared.turn(&mut clock).await {
        let mut connection = shared.gate.plain().await;
        let outcome = connection.exchange(&broken).await;
        shared.note_attack("two lengths", outcome);
    }
}

async fn abandon(shared: Arc<Shared>) {
    let mut clock = pace(BROKEN_PER_SECOND);
    let mut held = VecDeque::new();
    let half = forged("soak-0")
        .header("content-length", "60000")
        .framed_as_told();
    while shared.turn(&mut clock).await {
        let mut connection = shared.gate.plain().await;
        let written = connection.write(&half.bytes()).await;
        held.push_back(connection);
        if held.len() > ABANDONED {
            held.pop_front();
        }
        let outcome = if written.is_ok() { "held" } else { "cut" };
        let mut seen = shared.seen.lock().expect("no sender panicked");
        *seen
            .attacks
            .entry(("half a body", outcome.to_owned()))
            .or_default() += 1;
    }
}

async fn reset(shared: Arc<Shared>) {
    let mut clock = pace(BROKEN_PER_SECOND);
    let fields = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", "postbacks.test"),
        (":path", "/v1/event"),
        ("content-type", "application/json"),
    ];
    let round = |number: u32| {
        let stream = 2 * number + 1;
        let opened = frame(kind::HEADERS, END_HEADERS, stream, &block(&fields));
        [opened, frame(kind::RST_STREAM, 0, stream, &CANCEL)].concat()
    };
    let rounds: Vec<u8> = (0..RESETS).flat_map(round).collect();
    while shared.turn(&mut clock).await {
        let mut frames = shared.gate.frames(&[]).await;
        let sent = frames.send(&rounds).await;
        let mut seen = shared.seen.lock().expect("no sender panicked");
        let told = if sent.is_ok() { "taken" } else { "cut" };
        *seen
            .attacks
            .entry(("20 resets", told.to_owned()))
            .or_default() += 1;
    }
}
