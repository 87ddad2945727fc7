//! The ways to record deliveries that are measured.

use std::fmt;

use super::engine::Engine;
use super::replay::{BATCH, Manner};

/// One way to record deliveries.
pub(super) struct Case {
    pub(super) engine: Engine,
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) way: Way,
}

pub(super) enum Way {
    /// Through HTTP; as many deliveries in one transaction as the backend's own setting allows, or this many.
    Http {
        in_flight: usize,
        batch: Option<u32>,
    },
    /// Booked by the store within a process of its own.
    Store { batch: usize },
    /// The statements alone.
    Bare(Manner),
}

/// The case all others on the same engine are compared with.
pub(super) const SINGLE: &str = "single";
/// And the statements with nothing around them.
pub(super) const BARE: &str = "bare";

const fn http(engine: Engine, in_flight: usize) -> Case {
    Case {
        engine,
        id: "http",
        name: "HTTP, grouped commits",
        way: Way::Http {
            in_flight,
            batch: None,
        },
    }
}

const fn single(engine: Engine) -> Case {
    Case {
        engine,
        id: SINGLE,
        name: "HTTP, a commit per delivery",
        way: Way::Http {
            in_flight: 64,
            batch: Some(1),
        },
    }
}

const fn store(engine: Engine) -> Case {
    Case {
        engine,
        id: "store",
        name: "the store alone, without HTTP",
        way: Way::Store { batch: BATCH },
    }
}

const fn bare(engine: Engine, id: &'static str, name: &'static str, connections: usize) -> Case {
    Case {
        engine,
        id,
        name,
        way: Way::Bare(Manner::Statements { connections }),
    }
}

pub(super) const CASES: [Case; 12] = [
    http(Engine::Sqlite, 64),
    http(Engine::Postgres, 64),
    http(Engine::Sqlite, 256),
    http(Engine::Postgres, 256),
    single(Engine::Sqlite),
    single(Engine::Postgres),
    store(Engine::Sqlite),
    store(Engine::Postgres),
    bare(Engine::Sqlite, BARE, "bare statements", 1),
    bare(Engine::Postgres, BARE, "bare statements, one connection", 1),
    bare(
        Engine::Postgres,
        "bare-2",
        "bare statements, two connections",
        2,
    ),
    Case {
        engine: Engine::Postgres,
        id: "copy",
        name: "COPY of the same rows, one transaction",
        way: Way::Bare(Manner::Copy),
    },
];

impl Case {
    /// How many deliveries are on their way at once, or in one transaction; none where all are.
    pub(super) const fn in_flight(&self) -> Option<usize> {
        match self.way {
            Way::Http { in_flight, .. } => Some(in_flight),
            Way::Store { batch } => Some(batch),
            Way::Bare(Manner::Statements { .. }) => Some(BATCH),
            Way::Bare(Manner::Copy) => None,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.engine.name(), self.name)?;
        match self.in_flight() {
            Some(count) => write!(out, ", {count} at once"),
            None => Ok(()),
        }
    }
}
