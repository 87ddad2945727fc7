//! Two Envoys of one installation: together they let a partner's rate through, and not each of them.

use postern_tests::MANY_FAILURES;
use postern_tests::answer::Answer;
use postern_tests::connection::Connection;
use postern_tests::gate::Gate;
use postern_tests::partner::{Partner, partners_toml};
use postern_tests::postback::registration;
use std::time::Duration;
use tokio::time::Instant;

const PER_SECOND: u32 = 40;
const BURST: u32 = 60;
/// How long the flow is counted. A rate that is twice as high is far outside what is allowed then.
const COUNTED_FOR: Duration = Duration::from_secs(3);
/// What a count may be off at the ends of its span: a token that came just before, one that comes just after.
const ENDS: f64 = 2.0;

fn shared_by(replicas: u32) -> String {
    let edge = format!("{MANY_FAILURES}\nreplicas = {replicas}");
    partners_toml(&edge, &[Partner::of_the_page().rate(PER_SECOND, BURST)])
}

/// Connections that post one after the other, as fast as they are answered.
struct Sender {
    connections: Vec<Connection>,
    run: &'static str,
    sent: usize,
}

impl Sender {
    async fn to(run: &'static str, gates: &[&Gate]) -> Sender {
        let mut connections = Vec::new();
        for gate in gates {
            connections.push(gate.plain().await);
        }
        Sender {
            connections,
            run,
            sent: 0,
        }
    }

    async fn post(&mut self) -> Answer {
        self.sent += 1;
        let postback = registration(&format!("{}-{}", self.run, self.sent));
        let count = self.connections.len();
        let connection = &mut self.connections[self.sent % count];
        connection.exchange(&postback).await.expect("an answer")
    }

    /// Posts until each connection was told to wait, and gives how many passed before that.
    async fn drain(&mut self) -> (u32, Empty) {
        let (mut passed, mut refused_in_a_row) = (0, 0);
        let mut since = Instant::now();
        while refused_in_a_row < self.connections.len() {
            let sent = Instant::now();
            let answer = self.post().await;
            if answer.status == 200 {
                (passed, refused_in_a_row) = (passed + 1, 0);
                continue;
            }
            answer.refused(429, "rate_limited");
            if refused_in_a_row == 0 {
                since = sent;
            }
            refused_in_a_row += 1;
        }
        let until = Instant::now();
        (passed, Empty { since, until })
    }

    /// Posts for a while out of buckets that are empty, until they are so again, and claims that what passed was what
    /// came in at this rate meanwhile.
    async fn flows_at(&mut self, per_second: u32) {
        let (_, start) = self.drain().await;
        let (mut passed, mut end) = self.drain().await;
        while start.until.elapsed() < COUNTED_FOR {
            let (more, empty) = self.drain().await;
            (passed, end) = (passed + more, empty);
        }
        let least = due(per_second, end.since - start.until) - ENDS;
        let most = due(per_second, end.until - start.since) + ENDS;
        let passed = f64::from(passed);
        assert!(
            (least..=most).contains(&passed),
            "{passed} passed, {least} to {most} would be {per_second} a second"
        );
    }
}

/// When all buckets were seen empty: at some moment from `since` to `until`, the time a request takes.
struct Empty {
    since: Instant,
    until: Instant,
}

/// What comes into a bucket meanwhile.
fn due(per_second: u32, time: Duration) -> f64 {
    f64::from(per_second) * time.as_secs_f64()
}

/// Tells a gate how many share the rate. Nothing is restarted; claims that no bucket is filled by the change.
async fn changes_replicas(gate: &Gate, sender: &mut Sender, replicas: u32) {
    let (_, before) = sender.drain().await;
    gate.applies(&shared_by(replicas)).await;
    let (at_change, after) = sender.drain().await;
    let most = due(PER_SECOND, after.until - before.since) + ENDS;
    assert!(
        f64::from(at_change) <= most,
        "{at_change} passed at the change to {replicas}, {most} may"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_envoys_share_a_partners_rate_and_one_that_is_left_takes_it_whole_until_two_are_back() {
    let toml = shared_by(2);
    let (left, right) = tokio::join!(Gate::with(&toml), Gate::with(&toml));
    let mut both = Sender::to("both", &[&left, &right]).await;
    let start = Instant::now();
    let (at_once, empty) = both.drain().await;
    let most = f64::from(BURST) + due(PER_SECOND, empty.until - start) + ENDS;
    assert!(
        at_once >= BURST && f64::from(at_once) <= most,
        "{at_once} at once, {most} may"
    );
    both.flows_at(PER_SECOND).await;

    // The other one goes.
    let mut one = Sender::to("one", &[&left]).await;
    one.flows_at(PER_SECOND / 2).await;
    changes_replicas(&left, &mut one, 1).await;
    one.flows_at(PER_SECOND).await;

    // It comes back. It has its share still, as its partners' file was not changed.
    changes_replicas(&left, &mut one, 2).await;
    one.flows_at(PER_SECOND / 2).await;
    let mut again = Sender::to("again", &[&left, &right]).await;
    again.flows_at(PER_SECOND).await;
}
