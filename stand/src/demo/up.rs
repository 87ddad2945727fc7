//! Brings everything up, shows the demo, and stays or leaves as asked.

use std::path::Path;
use std::time::Duration;

use postern_stand::{Stand, StandError};
use tokio::runtime::Builder;
use tokio::task::yield_now;

use super::options::Up;
use super::running::Running;
use super::send::Gate;
use super::stop::Stop;
use super::{ports, samples, say, showing};

/// How often we look whether Envoy and backend still run.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// Starts, shows, stays.
pub(crate) fn up(options: &Up) -> Result<(), StandError> {
    refuse_a_second(&options.folder)?;
    ports::check(options)?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| no_demo(&cause))?;
    // Before anything runs: a Ctrl-C must never end us and leave the others.
    let mut stop = {
        let _entered = runtime.enter();
        Stop::listen().map_err(|cause| no_demo(&cause))?
    };
    say(format!(
        "Starting backend and Envoy; state is kept in {}/ …",
        options.folder.display()
    ));
    let mut stand = start(options)?;
    let running = Running {
        demo: (!options.detach()).then(std::process::id),
        envoy: stand.envoy_pid(),
        backend: stand.backend_pid(),
    };
    running.note(&options.folder)?;
    let end = runtime.block_on(show_and_stay(&mut stand, options, &mut stop));
    if matches!(end, Ok(End::Detached { .. })) {
        stand.leave_running();
        say("\nAll of it runs on; `make down` stops it.");
    } else {
        say("\nStopping …");
        let log = stand.layout().envoy_log();
        let stopped = stand.stop();
        Running::forget(&options.folder);
        if matches!(end, Ok(End::ByItself)) {
            let reason = "Envoy or the backend ended by itself";
            return Err(StandError::new(reason).with_log(&log));
        }
        stopped?;
    }
    end?.verdict(options)
}

/// How a demo came to its end.
enum End {
    /// It is left running.
    Detached { all_right: bool },
    /// Somebody stopped it after all was shown.
    Asked { all_right: bool },
    /// Somebody stopped it before all was shown.
    Early,
    /// Envoy or the backend ended.
    ByItself,
}

impl End {
    /// Whether all was shown, and each postback answered as it should be.
    fn verdict(self, options: &Up) -> Result<(), StandError> {
        match self {
            Self::Detached { all_right: true } | Self::Asked { all_right: true } => Ok(()),
            Self::Early => Err(StandError::new("it was stopped before all was shown")),
            _ => Err(StandError::new(format!(
                "not every postback was answered as it should be; the logs are in {}/log",
                options.folder.display()
            ))),
        }
    }
}

async fn show_and_stay(
    stand: &mut Stand,
    options: &Up,
    stop: &mut Stop,
) -> Result<End, StandError> {
    yield_now().await; // a signal that came while all started is seen now
    let all_right = tokio::select! {
        biased;
        () = stop.asked() => return Ok(End::Early),
        shown = show(stand, options) => shown?,
    };
    if options.detach() {
        return Ok(End::Detached { all_right });
    }
    Ok(match stay(stand, stop).await {
        true => End::Asked { all_right },
        false => End::ByItself,
    })
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

fn start(options: &Up) -> Result<Stand, StandError> {
    let builder = Stand::builder()
        .folder(&options.folder)
        .ports(
            options.https_port,
            options.http_port,
            options.envoy_admin_port,
        )
        .backend_env("POSTERN_ADMIN_LISTEN", options.api_listen())
        .concurrency(2)
        .own_process_group();
    match options.partners() {
        Some(path) => builder.partners_file(path),
        // What somebody changed since the first start stays.
        None if options.folder.join("partners.toml").exists() => builder,
        None => builder.partners(samples::PARTNERS),
    }
    .start()
}

/// Sends the demo's postbacks, unless the partners are somebody's own, and says where to send more.
/// Gives whether each was answered as it should be.
async fn show(stand: &Stand, options: &Up) -> Result<bool, StandError> {
    let run = showing::run_name();
    let own_partners = options.partners().is_some();
    let all_right = own_partners || send_samples(stand, &run).await?;
    say(format!("HTTPS        {}/v1/event", stand.https_url()));
    say(format!(
        "HTTP         {}/v1/event (development only)",
        stand.http_url()
    ));
    say(format!("Envoy admin  http://{}", stand.admin_addr()));
    say(format!(
        "Backend      http://{} (refuses whatever did not come through Envoy)",
        stand.backend_addr()
    ));
    say(for_people(stand, options));
    if !own_partners {
        say(format!("\nTry it:\n\n{}", curl(stand, &run)));
    }
    Ok(all_right)
}

/// Where people look at it, and what opens it to them: nobody has a token before one is made.
fn for_people(stand: &Stand, options: &Up) -> String {
    let listen = options.api_listen();
    format!(
        "Console      http://{listen}/console\n             \
         Log in with a token. Whoever runs this has one made, shown this once:\n             \
         {} --config {} admin token NAME\n\
         Admin API    http://{listen}/admin/openapi.json, opened by the same token",
        stand.program().display(),
        stand.layout().settings().display()
    )
}

/// Sends one of each kind and shows them. Gives whether each was answered as it should be.
async fn send_samples(stand: &Stand, run: &str) -> Result<bool, StandError> {
    import_clicks(stand, run)?;
    let gate = Gate::new(stand.https_url(), &stand.certificate_pem()?)?;
    showing::show(&gate, run).await
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

/// Until it is asked to stop, or one of the two ends by itself. Gives whether it was asked.
async fn stay(stand: &mut Stand, stop: &mut Stop) -> bool {
    say("\nCtrl-C stops it.");
    let mut look = tokio::time::interval(WATCH_EVERY);
    loop {
        tokio::select! {
            () = stop.asked() => return true,
            _ = look.tick() => if !stand.running() { return false },
        }
    }
}
