//! The gate a story sends to: one stand, with the page's partner and a hundred known clicks.
//!
//! Bringing it up and its addresses are here; [`sending`], [`breaking`] and [`watching`] hold what
//! a story does with it.

mod breaking;
mod sending;
mod watching;

use crate::MANY_FAILURES;
use crate::ledger::Ledger;
use crate::partner::{PARTNER, Partner, partners_toml};
use postern_stand::{Builder, Layout, Stand};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};
use tokio::task::block_in_place;

pub use breaking::UNDER_NO_FILE_SIGNAL;

/// Clicks that each gate knows: `click-1` to `click-99` and the page's own.
const KNOWN_CLICKS: usize = 99;

/// A running Envoy, filter, backend and database of one story.
pub struct Gate {
    stand: Mutex<Stand>,
    layout: Layout,
    http: SocketAddr,
    https: SocketAddr,
    backend: SocketAddr,
    certificate: Vec<u8>,
}

impl Gate {
    /// A gate with the page's partner alone.
    pub async fn open() -> Gate {
        Gate::of(|stand| stand).await
    }

    /// A gate with these partners.
    pub async fn with(partners_toml: &str) -> Gate {
        Gate::of(|stand| stand.partners(partners_toml)).await
    }

    /// A gate that differs in what `change` does to it. Knows the page's partner unless changed.
    ///
    /// # Panics
    /// When it cannot be brought up; the message says what is missing and how to make it.
    pub async fn of(change: impl FnOnce(Builder) -> Builder) -> Gate {
        let page = partners_toml(MANY_FAILURES, &[Partner::of_the_page()]);
        let builder = change(Stand::builder().partners(page));
        let stand = block_in_place(|| builder.start());
        let stand = stand.unwrap_or_else(|error| panic!("the stand does not come up: {error}"));
        let gate = Gate {
            layout: stand.layout().clone(),
            http: stand.http_addr(),
            https: stand.https_addr(),
            backend: stand.backend_addr(),
            certificate: stand
                .certificate_pem()
                .expect("the stand has made a certificate"),
            stand: Mutex::new(stand),
        };
        gate.knows_clicks();
        gate
    }

    /// The plain listener.
    #[must_use]
    pub fn http_addr(&self) -> SocketAddr {
        self.http
    }

    /// The TLS listener.
    #[must_use]
    pub fn https_addr(&self) -> SocketAddr {
        self.https
    }

    /// The certificate the gate came up with, in PEM.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The processes of Envoy and of the backend.
    #[must_use]
    pub fn processes(&self) -> (u32, u32) {
        let stand = self.stand();
        (stand.envoy_pid(), stand.backend_pid())
    }

    /// The backend itself, past Envoy.
    #[must_use]
    pub fn backend_addr(&self) -> SocketAddr {
        self.backend
    }

    /// Envoy's admin page.
    #[must_use]
    pub fn admin_addr(&self) -> SocketAddr {
        self.stand().admin_addr()
    }

    /// Runs `postern` with these arguments in the gate's folder, however it ends: its exit code and
    /// what it printed.
    ///
    /// # Panics
    /// When it cannot be run.
    #[must_use]
    pub fn tries(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let program = self.stand().program().to_owned();
        let mut command = std::process::Command::new(program);
        command.current_dir(self.folder()).args(arguments);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("POSTERN_") {
                command.env_remove(name);
            }
        }
        let output = block_in_place(|| command.output()).expect("postern runs");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        (output.status.code(), text)
    }

    /// The database behind the gate, opened for reading.
    pub async fn ledger(&self) -> Ledger {
        Ledger::open(&self.layout.database()).await
    }

    /// The stand's folder, for files a story hands to `postern`.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.layout.folder()
    }

    /// The token that filter and backend share.
    ///
    /// # Panics
    /// When the stand has none.
    #[must_use]
    pub fn proof_token(&self) -> String {
        let path = self.layout.folder().join("proof.tokens");
        let tokens = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        tokens.lines().next().expect("a token").trim().to_owned()
    }

    /// The header value with which the filter vouches for a request of the page's partner.
    #[must_use]
    pub fn proof_with(&self, token: &str) -> String {
        format!("token={token};partner={PARTNER};key=k1;form=raw;address=127.0.0.1")
    }

    fn stand(&self) -> MutexGuard<'_, Stand> {
        self.stand
            .lock()
            .expect("a story panicked while it held the stand")
    }

    fn knows_clicks(&self) {
        let mut csv = "clickid\nabc123def456\n".to_owned();
        for number in 1..=KNOWN_CLICKS {
            csv.push_str(&format!("click-{number}\n"));
        }
        let path = self.layout.folder().join("clicks.csv");
        std::fs::write(&path, csv).expect("the stand's folder can be written");
        let path = path.to_string_lossy().into_owned();
        self.runs(&["clicks", "import", &path]);
    }
}
