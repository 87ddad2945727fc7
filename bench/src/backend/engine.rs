//! The two databases, and which cores a run on each may use.

use serde::{Deserialize, Serialize};

use crate::cores::{BOTH_CORES, GATE_CORE, LOAD_CORE};

/// What the backend keeps its records in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Engine {
    /// A file
    Sqlite,
    /// A server
    Postgres,
}

impl Engine {
    pub(crate) const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// As people write it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// Where the backend runs. SQLite is part of it and has core 0; PostgreSQL is a third process beside backend and
    /// load, and all three share both cores.
    pub(crate) const fn cores(self) -> &'static [usize] {
        match self {
            Self::Sqlite => GATE_CORE,
            Self::Postgres => BOTH_CORES,
        }
    }

    /// Where the load runs.
    pub(crate) const fn load_cores(self) -> &'static [usize] {
        match self {
            Self::Sqlite => LOAD_CORE,
            Self::Postgres => BOTH_CORES,
        }
    }
}
