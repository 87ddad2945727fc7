//! A bounded load of signed registrations, and a memory of what was acknowledged: the list that
//! the database must hold afterwards, whatever happened in between.

use crate::answer::Answer;
use crate::connection::Connection;
use crate::partner::PARTNER;
use crate::postback::registration_of;
use crate::waiting::eventually;
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

/// What one load saw.
#[derive(Default)]
pub struct Seen {
    /// Click id and delivery id of each answer that said the delivery is recorded.
    pub acknowledged: Vec<(String, String)>,
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

    /// The time that 99 of 100 acknowledgements did not pass.
    #[must_use]
    pub fn p99(&self) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get(last * 99 / 100).copied().unwrap_or_default()
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
    run: String,
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

    /// The same for any partner that has the page's secret.
    #[must_use]
    pub fn start_of(partner: &str, to: SocketAddr, senders: usize, run: &str) -> Load {
        Load::of(partner, to, None, senders, run)
    }

    /// As [`start`](Self::start), over HTTPS, trusting only this certificate (PEM).
    #[must_use]
    pub fn start_tls(to: SocketAddr, certificate: &[u8], senders: usize, run: &str) -> Load {
        Load::of(PARTNER, to, Some(certificate.to_vec()), senders, run)
    }

    fn of(
        partner: &str,
        to: SocketAddr,
        certificate: Option<Vec<u8>>,
        senders: usize,
        run: &str,
    ) -> Load {
        let shared = Arc::new(Shared {
            to,
            partner: partner.to_owned(),
            certificate,
            run: run.to_owned(),
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

    /// Lets each sender end the request it is at, and tells what was seen.
    ///
    /// # Panics
    /// When a sender panicked.
    pub async fn stop(mut self) -> Seen {
        self.shared.stop.store(true, Ordering::Relaxed);
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
        connection = shared
            .post(open, format!("{}-{sender}-{number}", shared.run))
            .await;
        if connection.is_none() {
            sleep(AWAY).await;
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
                seen.refused.push(answer);
                (!closes).then_some(connection)
            }
            Err(error) => {
                seen.broken.push(format!("{clickid}: {error}"));
                None
            }
        }
    }
}
