//! `make bench`: how much the gate costs beside its peers, what refusing costs, and how many durable deliveries the
//! backend takes. Figures, not tests; but every answer of every run is checked, and a run with a wrong one is none.
//!
//! `main` → a bench ([`edge`], [`refuse`], [`backend`], [`growth`], [`pages`]) → [`load`] against servers it started → [`report`].

mod backend;
mod cli;
mod clicks;
mod contestants;
mod cores;
mod disk;
mod edge;
mod growth;
mod load;
mod machine;
mod nginx_package;
mod pages;
mod postbacks;
mod process;
mod product_files;
mod refuse;
mod report;
mod sql;
mod stats;
mod upstream;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::cli::{Bench, Cli, GrowthOptions, Options, PagesOptions};
use crate::contestants::{Ground, Product};
use crate::growth::Grown;
use crate::machine::Machine;
use crate::process::{Server, free_address};
use crate::report::Report;

/// The product's: what is compared should not differ by it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Clicks in the log that is imported, where everything is measured.
const CLICKS: u64 = 300_000;
/// Rounds of what the stores take, where everything is measured: it must not take more than a quarter of an hour.
const MOST_STORE_ROUNDS: u32 = 3;

/// How long and how often is measured.
#[derive(Clone, Copy)]
struct Length {
    rounds: u32,
    window: Duration,
}

impl Length {
    /// Before each window, not measured: connections open, code is compiled.
    const WARM_UP: Duration = Duration::from_secs(2);

    fn warm_up(self) -> Duration {
        self.window.min(Self::WARM_UP)
    }
}

fn main() -> ExitCode {
    let bench = Cli::parse().bench();
    let done = match &bench {
        Bench::Upstream { address } => upstream::serve(*address).map_err(|error| error.to_string()),
        Bench::Verifier { address } => {
            contestants::verifier::serve(*address).map_err(|error| error.to_string())
        }
        Bench::Store {
            folder,
            url,
            in_flight,
            seconds,
            server,
        } => {
            let booking = backend::Booking {
                folder,
                url,
                in_flight: *in_flight,
                server: *server,
            };
            backend::run_bare_store(&booking, length(1, *seconds))
        }
        Bench::Clicks { clicks, rounds } => measure_clicks(*clicks, *rounds),
        Bench::Growth(options) => grow(options),
        Bench::Pages(options) => turn_pages(options),
        Bench::All(options)
        | Bench::Edge(options)
        | Bench::Refuse(options)
        | Bench::Backend(options) => measure(&bench, options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure_clicks(clicks: u64, rounds: u32) -> Result<(), String> {
    let folder = work_folder()?;
    clicks::print(&clicks::run(folder.path(), clicks, rounds.max(1))?);
    Ok(())
}

fn measure(bench: &Bench, options: &Options) -> Result<(), String> {
    cores::enough()?;
    let folder = work_folder()?;
    let report = take(
        bench,
        length(options.rounds, options.seconds),
        folder.path(),
    )?;
    report.print();
    match (bench, &options.out) {
        (_, Some(out)) => report.write(out),
        (Bench::All(_), None) => report.write(&repository().join("docs")),
        _ => Ok(()),
    }
}

fn grow(options: &GrowthOptions) -> Result<(), String> {
    cores::enough()?;
    let folder = work_folder()?;
    let asked = options.asked();
    asked.check(folder.path())?;
    let product = Product::read(&repository())?;
    let machine = Machine::look(folder.path(), &product.binary);
    let times = length(options.rounds, options.seconds);
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| repository().join("docs"));
    let mut grown = Grown {
        machine,
        rounds: times.rounds,
        seconds: times.window.as_secs(),
        sizes: Vec::new(),
    };
    // What took an hour is there, whatever becomes of the next.
    growth::run(folder.path(), &asked, times, |size| {
        grown.sizes.push(size);
        growth::write(&grown, &out)
    })?;
    growth::print(&grown, &out);
    Ok(())
}

fn turn_pages(options: &PagesOptions) -> Result<(), String> {
    cores::enough()?;
    let folder = work_folder()?;
    let machine = Machine::look(folder.path(), Path::new("envoy"));
    let asked = options.asked();
    let report = pages::Report {
        machine,
        rounds: asked.rounds,
        stores: pages::run(folder.path(), &asked)?,
    };
    let out = options.out.clone();
    pages::write(&report, &out.unwrap_or_else(|| repository().join("docs")))
}

/// A folder of this run's own; it goes with the value.
fn work_folder() -> Result<tempfile::TempDir, String> {
    let work = repository().join("target/bench");
    std::fs::create_dir_all(&work)
        .and_then(|()| tempfile::tempdir_in(&work))
        .map_err(|error| format!("{}: {error}", work.display()))
}

/// Takes the figures that were asked for.
fn take(bench: &Bench, length: Length, folder: &Path) -> Result<Report, String> {
    let product = Product::read(&repository())?;
    let machine = Machine::look(folder, &product.binary);
    let (_upstream, address) = start_upstream(folder)?;
    let ground = Ground {
        folder,
        upstream: address,
        product: &product,
    };
    let mut report = Report {
        machine,
        rounds: length.rounds,
        seconds: length.window.as_secs(),
        edge: None,
        refusals: Vec::new(),
        backend: None,
        clicks: Vec::new(),
    };
    let all = matches!(bench, Bench::All(_));
    if all || matches!(bench, Bench::Edge(_)) {
        report.edge = Some(edge::run(&ground, length)?);
    }
    if all || matches!(bench, Bench::Refuse(_)) {
        report.refusals = refuse::run(&ground, length)?;
    }
    if all || matches!(bench, Bench::Backend(_)) {
        let rounds = if all {
            length.rounds.min(MOST_STORE_ROUNDS)
        } else {
            length.rounds
        };
        report.backend = Some(backend::run(folder, Length { rounds, ..length })?);
    }
    if all {
        // The last load may have kept this thread on its own core.
        cores::stay_on(cores::BOTH_CORES).map_err(|error| error.to_string())?;
        report.clicks = clicks::run(folder, CLICKS, length.rounds.min(MOST_STORE_ROUNDS))?;
    }
    Ok(report)
}

fn start_upstream(folder: &Path) -> Result<(Server, SocketAddr), String> {
    let address = free_address()?;
    let program = std::env::current_exe()
        .map_err(|error| format!("The bench does not find itself: {error}"))?;
    let mut command = cores::command_on(cores::LOAD_CORE, &program);
    command.arg("upstream").arg(address.to_string());
    Ok((
        Server::start("upstream", command, folder, address)?,
        address,
    ))
}

fn length(rounds: u32, seconds: u64) -> Length {
    Length {
        rounds: rounds.max(1),
        window: Duration::from_secs(seconds.max(1)),
    }
}

/// Where the product's own files are. The bench is run from the repository by cargo.
fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// One line that says what goes on, for whoever waits.
fn progress(text: &str) {
    eprintln!("· {text}");
}
