//! Brings everything up, shows the demo, and stays or leaves as asked.

use std::path::Path;
use std::time::{Duration, SystemTime};

use postern_stand::{Stand, StandError, is_free};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::options::Up;
use super::running::Running;
use super::{samples, send, table};

/// How often we look whether Envoy and backend still run.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// Starts, shows, stays.
pub(crate) fn up(options: &Up) -> Result<(), StandError> {
    refuse_a_second(&options.folder)?;
    refuse_busy_ports(options)?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| no_demo(&cause))?;
    // Before anything runs: a Ctrl-C must never end us and leave the others.
    let stop = {
        let _entered = runtime.enter();
        Stop::listen().map_err(|cause| no_demo(&cause))?
    };
    println!(
        "Starting backend and Envoy; state is kept in {}/ …",
        options.folder.display()
    );
    let stand = start(options)?;
    let detach = options.detach == "1";
    let running = Running {
        demo: (!detach).then(std::process::id),
        envoy: stand.envoy_pid(),
        backend: stand.backend_pid(),
    };
    running.note(&options.folder)?;
    let shown = runtime.block_on(show(&stand, options));
    if detach && shown.is_ok() {
        println!("\nAll of it runs on; `make down` stops it.");
        stand.leave_running();
        return Ok(());
    }
    let ended = shown.and_then(|()| stay(stand, &runtime, stop));
    Running::forget(&options.folder);
    ended
}

fn no_demo(cause: &std::io::Error) -> StandError {
    StandError::new(format!("starting the demo: {cause}"))
}

fn refuse_a_second(folder: &Path) -> Result<(), StandError> {
    match Running::find(folder) {
        None => Ok(()),
        Some(running) => Err(StandError::new(format!(
            "it runs already (Envoy is process {}, the backend {}). `make down` stops it.",
            running.envoy, running.backend
        ))),
    }
}

fn refuse_busy_ports(options: &Up) -> Result<(), StandError> {
    let ports = [
        (options.https_port, "POSTERN_HTTPS_PORT"),
        (options.http_port, "POSTERN_HTTP_PORT"),
        (options.admin_port, "POSTERN_ENVOY_ADMIN_PORT"),
    ];
    let busy: Vec<String> = ports
        .iter()
        .filter(|(port, _)| !is_free(*port))
        .map(|(port, name)| {
            format!("port {port} is in use: stop what uses it, or choose another with {name}")
        })
        .collect();
    if busy.is_empty() {
        Ok(())
    } else {
        Err(StandError::new(busy.join("\n         ")))
    }
}

fn start(options: &Up) -> Result<Stand, StandError> {
    let builder = Stand::builder()
        .folder(&options.folder)
        .ports(options.https_port, options.http_port, options.admin_port)
        .concurrency(2)
        .own_process_group();
    match &options.partners {
        Some(path) => builder.partners_file(path),
        // What somebody changed since the first start stays.
        None if options.folder.join("partners.toml").exists() => builder,
        None => builder.partners(samples::PARTNERS),
    }
    .start()
}

async fn show(stand: &Stand, options: &Up) -> Result<(), StandError> {
    let run = run_name();
    if options.partners.is_none() {
        import_clicks(stand, &run)?;
        let mut table = table::table();
        let mut all_right = true;
        for sample in samples::singles(&run) {
            let reply = send::one(stand, &sample).await?;
            all_right &= table::add(&mut table, &sample, &reply);
        }
        let burst = samples::burst(&run);
        let replies = send::at_once(stand, &burst).await?;
        all_right &= table::add_burst(&mut table, &burst, &replies);
        println!("\n{table}\n");
        if !all_right {
            println!(
                "✗ marks what was not answered as it should be; the logs are in {}/log.",
                options.folder.display()
            );
        }
    }
    println!("HTTPS        {}/v1/event", stand.https_url());
    println!(
        "HTTP         {}/v1/event (development only)",
        stand.http_url()
    );
    println!("Envoy admin  http://{}", stand.admin_addr());
    println!(
        "Backend      http://{} (refuses whatever did not come through Envoy)",
        stand.backend_addr()
    );
    if options.partners.is_none() {
        println!("\nTry it:\n\n{}", curl(stand, &run));
    }
    Ok(())
}

/// Click ids of one showing are its own, so that a second one is not a row of duplicates.
#[expect(
    clippy::disallowed_methods,
    reason = "the demo's click ids are the only thing that hangs on it"
)]
fn run_name() -> String {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!("{:x}", now.as_secs())
}

fn import_clicks(stand: &Stand, run: &str) -> Result<(), StandError> {
    let path = stand.layout().folder().join("clicks.csv");
    std::fs::write(&path, samples::clicks(run))
        .map_err(|cause| StandError::new(format!("writing {}: {cause}", path.display())))?;
    stand.run(&["clicks", "import", "clicks.csv"]).map(|_| ())
}

fn curl(stand: &Stand, run: &str) -> String {
    let body = samples::to_try(run).body.unwrap_or_default();
    format!(
        "curl --cacert {} {}/v1/event \\\n  -H 'X-RS-Source: partner_name' -H 'Content-Type: application/json' \\\n  -d '{body}'",
        stand.layout().certificate().display(),
        stand.https_url(),
    )
}

/// The signals that end the demo.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        let (interrupt, terminate) = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        Ok(Self {
            interrupt,
            terminate,
        })
    }
}

/// Until Ctrl-C, SIGTERM, or one of the two ends by itself.
fn stay(mut stand: Stand, runtime: &Runtime, mut stop: Stop) -> Result<(), StandError> {
    println!("\nCtrl-C stops it.");
    let asked = runtime.block_on(async {
        let mut look = tokio::time::interval(WATCH_EVERY);
        loop {
            tokio::select! {
                _ = stop.interrupt.recv() => return true,
                _ = stop.terminate.recv() => return true,
                _ = look.tick() => if !stand.running() { return false },
            }
        }
    });
    let log = stand.layout().envoy_log();
    println!("\nStopping …");
    let done = stand.stop();
    if asked {
        return done;
    }
    Err(StandError::new("Envoy or the backend ended by itself").with_log(&log))
}
