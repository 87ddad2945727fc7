//! A bounded load of signed registrations, and a memory of what was acknowledged: the list that
//! the database must hold afterwards, whatever happened in between.

use crate::answer::Answer;
use crate::connection::Connection;
use crate::postback::registration;
use crate::waiting::eventually;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// No load runs longer, whatever the story forgets.
const MAX_RUN: Duration = Duration::from_secs(60);
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
}

/// Senders at work.
pub struct Load {
    shared: Arc<Shared>,
    senders: JoinSet<()>,
}

struct Shared {
    to: SocketAddr,
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
        let shared = Arc::new(Shared {
            to,
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
            None => match Connection::open_from(IpAddr::from([127, 0, 0, 1]), shared.to).await {
                Ok(open) => open,
                Err(_) => {
                    sleep(AWAY).await;
                    continue;
                }
            },
        };
        number += 1;
        connection = shared
            .post(open, format!("{}-{sender}-{number}", shared.run))
            .await;
    }
}

impl Shared {
    /// Posts one registration and notes what became of it. Gives the connection back when it can
    /// be used again.
    async fn post(&self, mut connection: Connection, clickid: String) -> Option<Connection> {
        let outcome = connection.exchange(&registration(&clickid)).await;
        let mut seen = self.seen.lock().expect("a sender panicked");
        match outcome {
            Ok(answer) if answer.status == 200 => {
                seen.acknowledged.push((clickid, answer.text("id")));
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
