//! A bounded load of signed registrations, and a memory of what was acknowledged: the list that
//! the database must hold afterwards, whatever happened in between.

use crate::answer::Answer;
use crate::connection::Connection;
use crate::partner::PARTNER;
use crate::postback::registration_of;
use crate::waiting::eventually;
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// No load runs longer, whatever the story forgets.
const MAX_RUN: Duration = Duration::from_secs(180);
/// How long a sender stays away from a peer that does not answer.
const AWAY: Duration = Duration::from_millis(20);
/// So many of a partner's deliveries must be acknowledged while an attack runs.
const SERVED: usize = 30;
/// An attack is not begun again after this.
const ATTACKED_FOR: Duration = Duration::from_secs(20);
/// Nobody waits longer beside an attack. That is no claim about speed, and machines that run tests are busy: it is less
/// than a long attack lasts, so whoever is held up by one from end to end is seen.
pub const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What one load saw.
#[derive(Default)]
pub struct Seen {
    /// Click id and delivery id of each answer that said the delivery is recorded.
    pub acknowledged: Vec<(String, String)>,
    /// Click id of each request that was refused or broken: a sender has to send it again.
    pub unacknowledged: Vec<String>,
    /// Answers that said something else.
    pub refused: Vec<Answer>,
    /// Requests whose connection broke before an answer.
    pub broken: Vec<String>,
    /// How long each acknowledgement took, in the order in which they came.
    pub latencies: Vec<Duration>,
    /// Times that no connection could be had.
    pub unreachable: usize,
}

impl Seen {
    /// Claims that each request was acknowledged.
    ///
    /// # Panics
    /// When one was refused or broken, or none was sent.
    #[track_caller]
    pub fn is_all_acknowledged(&self) -> &Self {
        assert!(!self.acknowledged.is_empty(), "nothing was sent");
        assert!(
            self.refused.is_empty() && self.broken.is_empty(),
            "{} acknowledged, but also {:?} {:?}",
            self.acknowledged.len(),
            self.refused,
            self.broken
        );
        self
    }

    /// The click ids of all that was sent: acknowledged, refused or broken.
    #[must_use]
    pub fn tried(&self) -> Vec<String> {
        let acknowledged = self.acknowledged.iter().map(|(clickid, _)| clickid);
        acknowledged.chain(&self.unacknowledged).cloned().collect()
    }

    /// The time that 99 of 100 acknowledgements did not pass.
    #[must_use]
    pub fn p99(&self) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get(last * 99 / 100).copied().unwrap_or_default()
    }

    /// Claims that nobody was held up: all was acknowledged, and nothing took longer than [`LONGEST_WAIT`].
    ///
    /// # Panics
    /// When that is not so.
    #[track_caller]
    pub fn nobody_was_held_up(&self) -> &Self {
        self.is_all_acknowledged();
        assert_eq!(self.unreachable, 0, "connections that could not be had");
        let longest = self.latencies.iter().max().expect("all have one");
        assert!(*longest < LONGEST_WAIT, "one waited for {longest:?}");
        self
    }

    /// The share of tries that were not acknowledged, from 0 to 1.
    #[must_use]
    pub fn share_of_errors(&self) -> f64 {
        let errors = self.refused.len() + self.broken.len() + self.unreachable;
        let all = errors + self.acknowledged.len();
        let share = |part: usize| u32::try_from(part).map_or(f64::INFINITY, f64::from);
        share(errors) / share(all.max(1))
    }
}

/// Which clicks are posted.
enum Next {
    /// New ones without end, led by this.
    Run(String),
    /// These, each once.
    Listed(Mutex<VecDeque<String>>),
}

/// Senders at work.
pub struct Load {
    shared: Arc<Shared>,
    senders: JoinSet<()>,
}

struct Shared {
    to: SocketAddr,
    partner: String,
    /// Whose certificate is trusted, in PEM; without it, the load is plain.
    certificate: Option<Vec<u8>>,
    next: Next,
    seen: Mutex<Seen>,
    acknowledged: AtomicUsize,
    stop: AtomicBool,
    until: Instant,
}

impl Load {
    /// Starts `senders` keep-alive connections that post as fast as they are answered. `run` leads
    /// each click id, so that two loads of one story stay apart.
    #[must_use]
    pub fn start(to: SocketAddr, senders: usize, run: &str) -> Load {
        Load::start_of(PARTNER, to, senders, run)
    }

    /// Posts these clicks over HTTPS, each once, and tells what was seen.
    pub async fn repeat_tls(
        to: SocketAddr,
        certificate: &[u8],
        senders: usize,
        clicks: Vec<String>,
    ) -> Seen {
        let listed = Next::Listed(Mutex::new(clicks.into()));
        let load = Load::of(PARTNER, to, Some(certificate.to_vec()), senders, listed);
        load.ends().await
    }

    /// The same for any partner that has the page's secret.
    #[must_use]
    pub fn start_of(partner: &str, to: SocketAddr, senders: usize, run: &str) -> Load {
        Load::of(partner, to, None, senders, Next::Run(run.to_owned()))
    }

    /// As [`start`](Self::start), over HTTPS, trusting only this certificate (PEM).
    #[must_use]
    pub fn start_tls(to: SocketAddr, certificate: &[u8], senders: usize, run: &str) -> Load {
        let run = Next::Run(run.to_owned());
        Load::of(PARTNER, to, Some(certificate.to_vec()), senders, run)
    }

    fn of(
        partner: &str,
        to: SocketAddr,
        certificate: Option<Vec<u8>>,
        senders: usize,
        next: Next,
    ) -> Load {
        let shared = Arc::new(Shared {
            to,
            partner: partner.to_owned(),
            certificate,
            next,
            seen: Mutex::new(Seen::default()),
            acknowledged: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            until: Instant::now() + MAX_RUN,
        });
        let mut tasks = JoinSet::new();
        for sender in 0..senders {
            tasks.spawn(send(Arc::clone(&shared), sender));
        }
        Load {
            shared,
            senders: tasks,
        }
    }

    /// Waits until `more` further deliveries have been acknowledged.
    pub async fn acknowledges(&self, more: usize) {
        let wanted = self.shared.acknowledged.load(Ordering::Relaxed) + more;
        eventually(
            &format!("{more} more acknowledged deliveries"),
            async || (self.shared.acknowledged.load(Ordering::Relaxed) >= wanted).then_some(()),
        )
        .await;
    }

    /// Runs an attack, and again until enough deliveries were acknowledged while it ran: one that is over in a moment
    /// says little. Gives what each run came to.
    ///
    /// # Panics
    /// When too few were acknowledged meanwhile.
    pub async fn goes_on_during<T>(&self, mut attack: impl AsyncFnMut() -> T) -> Vec<T> {
        let (mut outcomes, mut served) = (Vec::new(), 0);
        let start = Instant::now();
        while served < SERVED {
            assert!(
                outcomes.is_empty() || start.elapsed() < ATTACKED_FOR,
                "{served} acknowledged while {} attacks ran for {:?}",
                outcomes.len(),
                start.elapsed()
            );
            let before = self.shared.acknowledged.load(Ordering::Relaxed);
            outcomes.push(attack().await);
            served += self.shared.acknowledged.load(Ordering::Relaxed) - before;
        }
        outcomes
    }

    /// Lets each sender end the request it is at, and tells what was seen.
    ///
    /// # Panics
    /// When a sender panicked.
    pub async fn stop(self) -> Seen {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.ends().await
    }

    async fn ends(mut self) -> Seen {
        while let Some(ended) = self.senders.join_next().await {
            ended.expect("a sender panicked");
        }
        std::mem::take(&mut *self.shared.seen.lock().expect("a sender panicked"))
    }
}

async fn send(shared: Arc<Shared>, sender: usize) {
    let mut connection = None;
    let mut number = 0_usize;
    while !shared.stop.load(Ordering::Relaxed) && Instant::now() < shared.until {
        let open = match connection.take() {
            Some(open) => open,
            None => match shared.open().await {
                Ok(open) => open,
                Err(_) => {
                    shared.seen.lock().expect("a sender panicked").unreachable += 1;
                    sleep(AWAY).await;
                    continue;
                }
            },
        };
        number += 1;
        let Some(clickid) = shared.next.clickid(sender, number) else {
            break;
        };
        connection = shared.post(open, clickid).await;
        if connection.is_none() {
            sleep(AWAY).await;
        }
    }
}

impl Next {
    fn clickid(&self, sender: usize, number: usize) -> Option<String> {
        match self {
            Next::Run(run) => Some(format!("{run}-{sender}-{number}")),
            Next::Listed(clicks) => clicks.lock().expect("a sender panicked").pop_front(),
        }
    }
}

impl Shared {
    async fn open(&self) -> io::Result<Connection> {
        let here = IpAddr::from([127, 0, 0, 1]);
        match &self.certificate {
            None => Connection::open_from(here, self.to).await,
            Some(pem) => Connection::open_tls_from(here, self.to, pem).await,
        }
    }

    /// Posts one registration and notes what became of it. Gives the connection back when it can
    /// be used again.
    async fn post(&self, mut connection: Connection, clickid: String) -> Option<Connection> {
        let sent = Instant::now();
        let outcome = connection
            .exchange(&registration_of(&self.partner, &clickid))
            .await;
        let mut seen = self.seen.lock().expect("a sender panicked");
        match outcome {
            Ok(answer) if answer.status == 200 => {
                seen.acknowledged.push((clickid, answer.text("id")));
                seen.latencies.push(sent.elapsed());
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
                Some(connection)
            }
            Ok(answer) => {
                let closes = answer.header("connection") == Some("close");
                seen.unacknowledged.push(clickid);
                seen.refused.push(answer);
                (!closes).then_some(connection)
            }
            Err(error) => {
                seen.broken.push(format!("{clickid}: {error}"));
                seen.unacknowledged.push(clickid);
                None
            }
        }
    }
}
