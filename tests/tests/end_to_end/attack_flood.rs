//! A flood of forgeries costs whoever sends it its welcome, and no other partner a postback.

use postern_tests::connection::Connection;
use postern_tests::gate::Gate;
use postern_tests::load::{LONGEST_WAIT, Load, Seen};
use postern_tests::message::Message;
use postern_tests::partner::{Partner, SECRET, partners_toml};
use postern_tests::postback::forged;
use std::net::IpAddr;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// The partner whose address the flood comes from, or does not.
const FLOODED: &str = "partner_name";
/// Who posts meanwhile.
const GOOD: &str = "good_partner";
const FLOODERS: usize = 8;
/// Longer than anybody may wait beside it.
const FLOOD: Duration = LONGEST_WAIT.saturating_add(Duration::from_secs(1));

/// What one flood was told: answers by status.
#[derive(Default, Debug)]
struct Told {
    unauthorized: u64,
    forbidden: u64,
    held_off: u64,
    other: u64,
}

impl Told {
    fn all(&self) -> u64 {
        self.unauthorized + self.forbidden + self.held_off + self.other
    }
}

/// The failure throttle as it is unless configured, so that the shipped one is shown to do.
async fn gate() -> Gate {
    let flooded = Partner::of_the_page().networks(&["127.0.0.0/24"]);
    let good = Partner::new(GOOD).secret("k1", SECRET);
    Gate::with(&partners_toml("", &[flooded, good])).await
}

/// Posts forgeries on keep-alive connections from that address, as fast as they are answered.
async fn flood(gate: &Gate, from: &str, message: &Message) -> Told {
    let from: IpAddr = from.parse().expect("an address");
    let until = Instant::now() + FLOOD;
    let mut flooders = JoinSet::new();
    for _ in 0..FLOODERS {
        let open = Connection::open_from(from, gate.http_addr()).await;
        let mut connection = open.expect("the gate listens");
        let message = message.clone();
        flooders.spawn(async move {
            let mut told = Told::default();
            while Instant::now() < until {
                match connection
                    .exchange(&message)
                    .await
                    .map(|answer| answer.status)
                {
                    Ok(401) => told.unauthorized += 1,
                    Ok(403) => told.forbidden += 1,
                    Ok(429) => told.held_off += 1,
                    _ => told.other += 1,
                }
            }
            told
        });
    }
    flooders
        .join_all()
        .await
        .into_iter()
        .fold(Told::default(), |all, one| Told {
            unauthorized: all.unauthorized + one.unauthorized,
            forbidden: all.forbidden + one.forbidden,
            held_off: all.held_off + one.held_off,
            other: all.other + one.other,
        })
}

/// The good partner beside the attack, from its beginning to its end: each of its requests is booked, and none waits
/// for the flood to be over.
async fn beside<T>(gate: &Gate, attack: impl AsyncFnMut() -> T) -> (T, Seen) {
    let good = Load::start_of(GOOD, gate.http_addr(), 2, "beside");
    good.acknowledges(1).await;
    let outcome = good.goes_on_during(attack).await.pop();
    let good = good.stop().await;
    good.nobody_was_held_up();
    (outcome.expect("it ran"), good)
}

/// Claims that the store holds what was acknowledged, and that the backend saw nothing else.
async fn holds_only(gate: &Gate, seen: &Seen) {
    let ledger = gate.ledger().await;
    ledger.holds(&seen.acknowledged).await;
    let all = seen.acknowledged.len() as u64;
    gate.backend_saw_only(all).await;
    assert_eq!(ledger.deliveries_of(GOOD).await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn forgeries_from_an_allowed_address_are_held_off_and_others_are_served() {
    let gate = gate().await;
    let attack = async || flood(&gate, "127.0.0.7", &forged("click-1")).await;
    let (told, seen) = beside(&gate, attack).await;
    // The shipped throttle: a burst, then a few each minute. The rest is turned away unread.
    assert!(told.held_off > 10 * told.unauthorized, "{told:?}");
    assert!(told.unauthorized <= MOST_JUDGED, "{told:?}");
    assert_eq!((told.forbidden, told.other), (0, 0), "{told:?}");
    holds_only(&gate, &seen).await;
}

/// The burst of the throttle that ships, what comes back meanwhile, and one more per connection
/// whose request was under way.
const MOST_JUDGED: u64 = 60 + FLOODERS as u64;

#[tokio::test(flavor = "multi_thread")]
async fn forgeries_from_a_forbidden_address_are_refused_and_others_are_served() {
    let gate = gate().await;
    let attack = async || flood(&gate, "127.0.1.9", &forged("click-1")).await;
    let (told, seen) = beside(&gate, attack).await;
    assert_eq!(told.forbidden, told.all(), "{told:?}");
    assert!(told.forbidden > 100, "that is no flood: {told:?}");
    holds_only(&gate, &seen).await;
    assert_eq!(gate.ledger().await.deliveries_of(FLOODED).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn forgeries_in_a_good_partners_name_from_elsewhere_cost_it_nothing() {
    let gate = gate().await;
    let in_its_name = forged("click-1").without("x-rs-source").source(GOOD);
    let attack = async || flood(&gate, "127.0.0.7", &in_its_name).await;
    let (told, seen) = beside(&gate, attack).await;
    assert_eq!(told.forbidden, told.all(), "{told:?}");
    holds_only(&gate, &seen).await;
}
