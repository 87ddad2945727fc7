//! The load generator: a fixed number of keep-alive connections, each sending its next request as soon as the last
//! one is answered. Plain HTTP/1.1 over tokio on one thread, so that it costs far less than what it measures.
//!
//! [`Plan`] → connections → [`Measured`]. Only responses that arrive inside the measured window count.

mod connection;
mod response;
mod tally;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

pub(crate) use connection::ask_once;
pub(crate) use tally::Measured;

use crate::cores;
use connection::Connection;
use tally::Tally;

/// Where the requests come from. Called once per request, on the load's only thread.
pub(crate) trait Requests {
    /// Replaces `out` with the next whole HTTP/1.1 request.
    fn next(&mut self, out: &mut Vec<u8>);
}

/// What to send, to whom and for how long.
pub(crate) struct Plan {
    pub(crate) target: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
    /// What each answer must hold; one without it counts as broken. Empty: nothing.
    pub(crate) marker: &'static [u8],
    /// Where the load runs.
    pub(crate) cores: &'static [usize],
}

/// Runs the load to its end on its cores. `cpu_time` is read at both edges of the window.
pub(crate) fn run(
    plan: &Plan,
    requests: Box<dyn Requests>,
    cpu_time: &dyn Fn() -> std::io::Result<Vec<Duration>>,
) -> Result<Measured, String> {
    cores::stay_on(plan.cores).map_err(|error| format!("Cores {:?}: {error}", plan.cores))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("The load generator cannot start: {error}"))?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, drive(plan, requests, cpu_time))
}

async fn drive(
    plan: &Plan,
    requests: Box<dyn Requests>,
    cpu_time: &dyn Fn() -> std::io::Result<Vec<Duration>>,
) -> Result<Measured, String> {
    let requests = Rc::new(RefCell::new(requests));
    let tally = Rc::new(RefCell::new(Tally::default()));
    let workers: Vec<_> = (0..plan.connections)
        .map(|_| {
            let connection = Connection {
                target: plan.target,
                marker: plan.marker,
                requests: requests.clone(),
                tally: tally.clone(),
            };
            tokio::task::spawn_local(connection.keep_asking())
        })
        .collect();
    tokio::time::sleep(plan.warm_up).await;
    let before = cpu_time().map_err(|error| format!("The CPU time cannot be read: {error}"))?;
    tally.borrow_mut().open();
    tokio::time::sleep(plan.window).await;
    let measured = tally.borrow_mut().close();
    let after = cpu_time().map_err(|error| format!("The CPU time cannot be read: {error}"))?;
    for worker in workers {
        worker.abort();
    }
    let used = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after.saturating_sub(*before));
    measured.with_cpu(used.collect())
}
