//! What can be asked for on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::backend::engine::Engine;
use crate::growth::Growth;
use crate::pages;

#[derive(Parser)]
#[command(about = "Measures the gate beside its peers, what refusing costs, and the backend.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    bench: Option<Bench>,
}

impl Cli {
    /// What was asked for; everything, if nothing was.
    pub(crate) fn bench(self) -> Bench {
        self.bench.unwrap_or(Bench::All(Options {
            rounds: Options::ROUNDS,
            seconds: Options::SECONDS,
            out: None,
        }))
    }
}

#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Everything; writes the results into docs/. The default.
    All(Options),
    /// The gate and its peers.
    Edge(Options),
    /// What refusing costs.
    Refuse(Options),
    /// Durable deliveries a second.
    Backend(Options),
    /// Clicks a second into SQLite and PostgreSQL.
    Clicks {
        /// How many clicks the log has.
        #[arg(long, default_value_t = 1_000_000)]
        clicks: u64,
        /// Rounds; each figure is the median over them.
        #[arg(long, default_value_t = 3)]
        rounds: u32,
    },
    /// Durable deliveries a second as the store grows; writes the results into docs/.
    Growth(GrowthOptions),
    /// How long the console's pages take over a full store; writes the results into docs/.
    Pages(PagesOptions),
    /// Used by the bench itself: the upstream all contestants proxy to.
    #[command(hide = true)]
    Upstream { address: SocketAddr },
    /// Used by the bench itself: the service ext_authz asks.
    #[command(hide = true)]
    Verifier { address: SocketAddr },
    /// Used by the bench itself: the store without HTTP before it.
    #[command(hide = true)]
    Store {
        folder: PathBuf,
        url: String,
        in_flight: usize,
        seconds: u64,
        server: Option<u32>,
    },
}

#[derive(Args)]
pub(crate) struct Options {
    /// Rounds; each figure is the median over them.
    #[arg(long, default_value_t = Self::ROUNDS)]
    pub(crate) rounds: u32,
    /// Seconds of each measured window.
    #[arg(long, default_value_t = Self::SECONDS)]
    pub(crate) seconds: u64,
    /// Write bench.json, bench.md and the pictures here.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

impl Options {
    const ROUNDS: u32 = 5;
    const SECONDS: u64 = 5;
}

#[derive(Args)]
pub(crate) struct GrowthOptions {
    /// Millions of stored conversions to measure at, from small to large.
    #[arg(long, value_delimiter = ',', default_value = "0,1,10")]
    millions: Vec<usize>,
    /// On which stores.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "sqlite,postgres"
    )]
    stores: Vec<Engine>,
    /// Millions of the newest conversions whose requests are stored as well.
    #[arg(long, default_value_t = Self::REQUESTS)]
    requests: usize,
    /// Rounds at each size; each figure is the median over them.
    #[arg(long, default_value_t = Self::ROUNDS)]
    pub(crate) rounds: u32,
    /// Seconds of each measured window.
    #[arg(long, default_value_t = Self::SECONDS)]
    pub(crate) seconds: u64,
    /// Write bench-growth.json, bench-growth.md and the picture here instead of docs/.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

impl GrowthOptions {
    const REQUESTS: usize = 10;
    const ROUNDS: u32 = 3;
    const SECONDS: u64 = 10;

    pub(crate) fn asked(&self) -> Growth {
        Growth {
            millions: self.millions.clone(),
            engines: self.stores.clone(),
            requests: self.requests,
        }
    }
}

#[derive(Args)]
pub(crate) struct PagesOptions {
    /// Deliveries that are kept.
    #[arg(long, default_value_t = Self::DELIVERIES)]
    deliveries: usize,
    /// On which stores.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "sqlite,postgres"
    )]
    stores: Vec<Engine>,
    /// How often each page is asked.
    #[arg(long, default_value_t = Self::ROUNDS)]
    rounds: u32,
    /// Write bench-pages.json and bench-pages.md here instead of docs/.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

impl PagesOptions {
    const DELIVERIES: usize = 100_000;
    const ROUNDS: u32 = 15;

    pub(crate) fn asked(&self) -> pages::Asked {
        pages::Asked {
            engines: self.stores.clone(),
            deliveries: self.deliveries,
            rounds: self.rounds.max(1),
        }
    }
}
