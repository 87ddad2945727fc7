//! `postern serve`: the backend, until it is told to stop.
//!
//! SIGTERM and SIGINT drain: open requests are finished, everything queued is booked and
//! answered. SIGHUP looks at once whether other partners are applied; without it that is noticed
//! within a moment as well.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use postern_protocol::limits::MAX_BODY_BYTES_CEILING;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

use super::failure::Failure;
use super::open_files;
use crate::admin::{self, AdminApi, CannotListen};
use crate::clicks::{SWEEP_PERIOD, sweep};
use crate::clock::Clock;
use crate::config::{LogFormat, LogSettings, Settings};
use crate::partners::{FOLLOW_PERIOD, Follower};
use crate::report::period::Day;
use crate::server::{Admission, ServeSettings, serve};
use crate::store::Store;

/// How often the store makes ready for the coming months.
const PREPARE_PERIOD: Duration = Duration::from_secs(86_400);

pub(super) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    start_log(&settings.log)?;
    open_files::take_all();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run_until_stopped(settings))?;
    Ok(ExitCode::SUCCESS)
}

fn start_log(log: &LogSettings) -> Result<(), Failure> {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(log.level.parse::<EnvFilter>()?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| Failure::new(format!("the log cannot start: {error}")))
}

async fn run_until_stopped(settings: &Settings) -> Result<(), Failure> {
    let follower = Follower::open(&settings.applied, &settings.proof_file)?;
    let admission = follower.subscribe();
    let store = Store::open(&settings.database).await?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Failure::new(format!("cannot listen on {}: {error}", settings.listen)))?;
    // Signals are taken before anybody can know that we are up.
    let stop = stop_signal()?.shared();
    let tokens = admin::Follower::open(&settings.admin.tokens);
    let api = open_admin(settings, &store, &admission, &tokens).await?;
    let mut beside = JoinSet::new();
    beside.spawn(sweep(
        store.clone(),
        admission.clone(),
        Clock::system(),
        SWEEP_PERIOD,
    ));
    beside.spawn(prepare_months(store.clone(), Clock::system()));
    beside.spawn(follow(follower, tokens, signal(SignalKind::hangup())?));
    let api = tokio::spawn(api.run(stop.clone()));
    announce(&listener, &admission)?;
    let serving = ServeSettings {
        store: store.clone(),
        admission,
        limits: settings.writer,
        // How large a body may be is the edge's decision; here is only what it can allow at most.
        max_body_bytes: MAX_BODY_BYTES_CEILING,
        clock: Clock::system(),
    };
    let served = serve(serving, listener, stop.clone()).await;
    beside.abort_all();
    if stop.peek().is_none() {
        // Nobody asked us to stop, so nothing tells the admin API to either.
        api.abort();
    }
    // It was aborted, or it panicked, which the log has.
    let _ = api.await;
    store.close().await;
    served?;
    tracing::info!("stopped");
    Ok(())
}

async fn open_admin(
    settings: &Settings,
    store: &Store,
    admission: &watch::Receiver<Arc<Admission>>,
    tokens: &admin::Follower,
) -> Result<AdminApi, CannotListen> {
    let serving = admin::AdminSettings {
        store: store.clone(),
        admission: admission.clone(),
        edge: settings.edge.output.clone(),
        rates: settings.rates.clone(),
        thresholds: settings.sources,
        tokens: tokens.subscribe(),
        hosts: settings.admin.hosts.clone(),
        console: settings.console.clone(),
        clock: Clock::system(),
    };
    AdminApi::open(serving, settings.admin.listen).await
}

fn announce(
    listener: &TcpListener,
    admission: &watch::Receiver<Arc<Admission>>,
) -> Result<(), Failure> {
    let partners = admission.borrow().agreements.len();
    tracing::info!(listen = %listener.local_addr()?, partners, "serving");
    Ok(())
}

/// Has the store make ready for the coming months, at once and then each day. Deliveries are kept
/// without it too, so a store that is away is asked again the next day.
async fn prepare_months(store: Store, clock: Clock) {
    let mut period = tokio::time::interval(PREPARE_PERIOD);
    loop {
        period.tick().await;
        if let Err(error) = store.prepare_months(Day::of(clock.unix_seconds())).await {
            tracing::error!(%error, "the coming months have no place of their own yet");
        }
    }
}

/// Ready once the process is told to stop.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: open requests are finished first");
    })
}

/// Looks for other partners and tokens once a period and on each SIGHUP.
async fn follow(
    mut follower: Follower,
    mut tokens: admin::Follower,
    mut hangup: tokio::signal::unix::Signal,
) {
    let mut period = tokio::time::interval(FOLLOW_PERIOD);
    loop {
        tokio::select! {
            _ = period.tick() => {}
            _ = hangup.recv() => {}
        }
        follower.look();
        tokens.look();
    }
}
