//! What a stand shall be like, and bringing it up in order: files, partners, backend, Envoy.

use std::fmt;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::bootstrap::{self, Places};
use crate::error::{StandError, doing};
use crate::layout::Layout;
use crate::parts::Parts;
use crate::ports::Port;
use crate::stand::Stand;
use crate::start::{Envoy, Postern};

/// The page's own partner, for whoever names none.
const PARTNERS_DEFAULT: &str = r#"
[[partner]]
id = "partner_name"
networks = ["127.0.0.1", "::1"]
rate_per_second = 10000
burst = 20000
amount_unit = "major"
secrets = [{ id = "k1", secret = "your_secret_key" }]
"#;

type Edit = Box<dyn FnOnce(String) -> String>;

/// Collects what a stand shall be like. All of it may be left out.
#[derive(Default)]
pub struct Builder {
    folder: Option<PathBuf>,
    partners: Option<String>,
    partners_file: Option<PathBuf>,
    parts: Parts,
    ports: [Option<u16>; 3],
    backends: usize,
    concurrency: u32,
    backend_env: Vec<(String, String)>,
    backend_under: Vec<String>,
    edit: Option<Edit>,
    metrics: Option<u16>,
    own_group: bool,
}

impl Builder {
    /// Keeps all state in this folder. Without it: one of its own that goes when the stand does.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// The text of `partners.toml`. Without it: the page's partner, or the file that is there.
    #[must_use]
    pub fn partners(mut self, toml: impl Into<String>) -> Self {
        self.partners = Some(toml.into());
        self
    }

    /// Somebody's own partners file, used where it lies.
    #[must_use]
    pub fn partners_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.partners_file = Some(path.into());
        self
    }

    /// This Envoy. Without it: `POSTERN_ENVOY`, else what `tools/envoy` finds.
    #[must_use]
    pub fn envoy(mut self, path: impl Into<PathBuf>) -> Self {
        self.parts.envoy = Some(path.into());
        self
    }

    /// This backend. Without it: `POSTERN_BIN`, else what `make build` built.
    #[must_use]
    pub fn postern(mut self, path: impl Into<PathBuf>) -> Self {
        self.parts.postern = Some(path.into());
        self
    }

    /// Ports for HTTPS, plain HTTP and Envoy's admin. Without them: free ones.
    #[must_use]
    pub fn ports(mut self, https: u16, http: u16, admin: u16) -> Self {
        self.ports = [Some(https), Some(http), Some(admin)];
        self
    }

    /// Envoy's worker threads; 1 unless set.
    #[must_use]
    pub fn concurrency(mut self, workers: u32) -> Self {
        self.concurrency = workers;
        self
    }

    /// So many backends on one database, which [`backend_env`](Self::backend_env) must name then; 1
    /// unless set. The stand's verbs are about the first one, and the others run beside it.
    #[must_use]
    pub fn backends(mut self, backends: usize) -> Self {
        self.backends = backends;
        self
    }

    /// A variable for the backend, as `POSTERN_WRITER_QUEUE`; it wins over its file.
    #[must_use]
    pub fn backend_env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.backend_env.push((name.into(), value.into()));
        self
    }

    /// Runs the backend under a command that ends in `exec`, as `["taskset", "-c", "0"]`.
    #[must_use]
    pub fn run_backend_under(mut self, command: &[&str]) -> Self {
        self.backend_under = command.iter().map(ToString::to_string).collect();
        self
    }

    /// Changes the bootstrap before Envoy reads it, for example to take the gate out.
    #[must_use]
    pub fn edit_bootstrap(mut self, edit: impl FnOnce(String) -> String + 'static) -> Self {
        self.edit = Some(Box::new(edit));
        self
    }

    /// Passes Envoy's metrics on at this port, by `envoy/metrics.yaml` beside the bootstrap.
    #[must_use]
    pub fn metrics(mut self, port: u16) -> Self {
        self.metrics = Some(port);
        self
    }

    /// Keeps a terminal's Ctrl-C from the stand's programs: who started them stops them.
    #[must_use]
    pub fn own_process_group(mut self) -> Self {
        self.own_group = true;
        self
    }

    /// Brings it all up and waits until it takes requests.
    ///
    /// # Errors
    /// With a plain reason and the end of the log that says more, when a part is missing, does
    /// not start, or is not ready in time.
    pub fn start(mut self) -> Result<Stand, StandError> {
        let (layout, temporary) = self.layout()?;
        let [https, http, admin] = self
            .ports
            .map(|port| port.map_or_else(Port::free, |port| Ok(Port::fixed(port))));
        let ports = [https?, http?, admin?, Port::free()?];
        let others: Result<Vec<Port>, StandError> =
            (1..self.backends).map(|_| Port::free()).collect();
        let others = others?;
        let edit = self.edit.take().unwrap_or_else(|| Box::new(|text| text));
        let partners = self.write_partners(&layout)?;
        layout.write_settings(
            (ports[3].number(), ports[2].number()),
            &partners,
            &Parts::filter()?,
        )?;
        let backends = ports[3..].iter().chain(&others);
        let backends: Vec<u16> = backends.map(Port::number).collect();
        layout.write_envoy(places(&layout, &ports, &backends), edit)?;
        let metrics = self
            .metrics
            .map(|port| bootstrap::metrics(port, ports[2].number()));
        let (postern, mut envoy) = self.programs()?;
        envoy.merged = metrics.transpose()?;
        Stand::start(layout, temporary, (ports, others), (postern, envoy))
    }

    fn layout(&self) -> Result<(Layout, Option<TempDir>), StandError> {
        if let Some(folder) = &self.folder {
            return Ok((Layout::in_folder(folder)?, None));
        }
        let folder = tempfile::Builder::new().prefix("postern-").tempdir();
        let folder = folder.map_err(doing("making a folder"))?;
        Ok((Layout::in_folder(folder.path())?, Some(folder)))
    }

    /// Writes the partners' file where it is ours to write, and says where it lies.
    fn write_partners(&self, layout: &Layout) -> Result<PathBuf, StandError> {
        if let Some(path) = &self.partners_file {
            return path
                .canonicalize()
                .map_err(doing(format!("finding {}", path.display())));
        }
        if let Some(toml) = &self.partners {
            layout.write_partners(toml)?;
        } else if !layout.partners().exists() {
            layout.write_partners(PARTNERS_DEFAULT)?;
        }
        Ok(layout.partners())
    }

    fn programs(self) -> Result<(Postern, Envoy), StandError> {
        let postern = Postern {
            program: self.parts.postern()?,
            under: self.backend_under,
            env: self.backend_env,
            own_group: self.own_group,
        };
        let envoy = Envoy {
            program: self.parts.envoy()?,
            workers: self.concurrency.max(1),
            merged: None,
            own_group: self.own_group,
        };
        Ok((postern, envoy))
    }
}

fn places<'a>(
    layout: &'a Layout,
    [https, http, admin, _]: &[Port; 4],
    backends: &'a [u16],
) -> Places<'a> {
    Places {
        folder: layout.folder(),
        https: https.number(),
        http: http.number(),
        admin: admin.number(),
        backends,
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Builder")
            .field("folder", &self.folder)
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}
