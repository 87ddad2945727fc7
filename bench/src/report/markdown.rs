//! `bench.md`: the same figures as a page, with how they were taken and where the comparison is uneven.

use std::fmt::Write;

use super::table::{or_all, or_empty};
use super::{Report, goals, pictures, thousands};
use crate::backend::Recordings;
use crate::clicks::Intake;
use crate::edge::Edge;
use crate::refuse::Refusal;

const HEAD: &str = "# Figures\n\n\
    Written by `make bench`; taken again on any machine with two cores by the same command. Each figure is the median \
    over the rounds, which run interleaved: every contestant once per round.\n";

const HOW_EDGE: &str = "\
- One Envoy worker (`--concurrency 1`) on core 0; load and upstream share core 1. All proxy to the same small upstream.\n\
- 64 keep-alive connections, each sending its next request as soon as the last is answered: a closed loop, so the \
  latencies are those of a saturated core.\n\
- 300-byte JSON by POST, HMAC-SHA256 over the raw body in `X-RS-Sign`, 1,024 different bodies in turn. \"Sign in the \
  payload\" is the same with the signature inside, over the sorted members, which only our gate can check here.\n\
- CPU is user and system time of the process from `/proc`, over the measured window. For ext_authz it is Envoy's and \
  the verifier's, both on core 0.\n\
- All on Envoy share the product's own bootstrap: connection manager, limits, timeouts, JSON access log, routes, \
  cluster. Only the filters between differ. TLS is left out for all.\n\
- Every answer must be a 200 of the upstream, or the run is invalid. Before the rounds each contestant has to refuse \
  what it says it refuses: a forged sign, and a stranger's address where it checks addresses.\n";

const UNEVEN_EDGE: &str = "\
- Lua checks the HMAC and nothing else: no address, no rate, no proof, no JSON. That favours it.\n\
- The ext_authz verifier is native Rust and does the same reading and verifying with the same code as our gate, and \
  address and rate, over plain HTTP on loopback. A verifier on another machine would cost the network as well.\n\
- nginx checks the raw body's HMAC by a native hash behind njs, address and rate. Its log has fewer fields. It is not \
  Envoy: no xDS, no hot configuration, another way of operating.\n\
- Limits that would refuse the load (rates, failures, requests per connection) are kept by all and set out of reach.\n";

const HOW_BACKEND: &str = "\
Each delivery is a new first deposit that names a click the store knows, and is booked as accepted with all that belongs \
to it: its row, its content, its conversion, the check of its click, and two lines of money (CPA and a share). The answer \
comes after the sync. Click ids come in no order, so no index grows at its end only. Each run starts from a copy of the \
same store; `make bench` takes at most three rounds of these. The rates depend on the disk: see \"one durable write\" above.\n\n\
- Backend, database and load share cores 0 and 1 as the scheduler likes.\n\
- SQLite runs within the backend, with WAL and `synchronous=FULL`.\n\
- PostgreSQL is a server beside it. \"CPU µs each\" is the backend's and the server's together.\n\
- The store alone: `Store::book` in batches of 256, one after the other, no HTTP before it.\n\
- Bare statements: the rows the product has written, read back and written again into a fresh copy of the same store, in \
  batches of 256: the same lookups and inserts and a commit for each batch, without reading requests, deciding or \
  answering. Latencies of these are of a batch.\n\
- COPY: the same rows in one transaction from one connection, without lookups. Nothing can be faster; nothing is \
  answered before all is written.\n";

/// The whole page.
pub(crate) fn page(report: &Report) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## Machine\n\n| | |\n|---|---|\n");
    for (name, value) in report.machine.facts() {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let _ = writeln!(
        page,
        "| rounds | {} of {} s each |",
        report.rounds, report.seconds
    );
    if let Some(warning) = report.machine.warning() {
        let _ = writeln!(page, "\n**{warning}**");
    }
    page.push_str("\n## Goals\n\n");
    for goal in goals::of(report) {
        let _ = writeln!(page, "- {goal}");
    }
    if let Some(figures) = &report.edge {
        edge(&mut page, figures);
    }
    refusals(&mut page, &report.refusals);
    if let Some(recordings) = &report.backend {
        backend(&mut page, recordings);
    }
    clicks(&mut page, &report.clicks);
    page
}

fn edge(page: &mut String, edge: &Edge) {
    let _ = write!(
        page,
        "\n## The gate beside its peers\n\n![CPU per request]({})\n\n\
         | | CPU µs/request | of bare | requests/s | core used | p50 ms | p99 ms | CPU µs of each round |\n|---|--:|--:|--:|--:|--:|--:|---|\n",
        pictures::EDGE
    );
    for one in &edge.contestants {
        let parts = one.service_cpu_micros.map_or_else(String::new, |service| {
            format!(" ({:.1} + {service:.1})", one.proxy_cpu_micros)
        });
        let rounds: Vec<String> = one
            .rounds
            .iter()
            .map(|round| format!("{round:.1}"))
            .collect();
        let _ = writeln!(
            page,
            "| {} | {:.1}{parts} | {:.2} | {} | {:.0} % | {:.2} | {:.2} | {} |",
            one.name,
            one.cpu_micros,
            one.ratio_to_bare,
            thousands(one.per_second),
            one.core_used * 100.0,
            one.p50_millis,
            one.p99_millis,
            rounds.join(", ")
        );
    }
    for absent in &edge.left_out {
        let _ = writeln!(page, "\nLeft out: {}. {}", absent.name, absent.reason);
    }
    let _ = write!(
        page,
        "\nHow it is taken:\n\n{HOW_EDGE}\nWhere it is uneven:\n\n{UNEVEN_EDGE}"
    );
}

fn refusals(page: &mut String, refusals: &[Refusal]) {
    if refusals.is_empty() {
        return;
    }
    page.push_str(
        "\n## What refusing costs\n\nThe same load, refused by the gate. A reconnect would mean that a refusal costs \
         its sender the connection.\n\n\
         | | status | refused/s | CPU µs each | p99 ms | reconnects |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for one in refusals {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {:.1} | {:.2} | {} in {} |",
            one.name,
            one.status,
            thousands(one.per_second),
            one.cpu_micros,
            one.p99_millis,
            one.reconnects,
            thousands(one.requests as f64)
        );
    }
}

fn backend(page: &mut String, backend: &Recordings) {
    let _ = write!(
        page,
        "\n## Durable deliveries\n\n![Deliveries a second]({})\n\n{HOW_BACKEND}\n\
         | | | at once | a second | of one per transaction | of bare | p50 ms | p99 ms | CPU µs each |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n",
        pictures::BACKEND
    );
    for one in &backend.recordings {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {:.1} |",
            one.engine.name(),
            one.name,
            or_all(one.in_flight),
            thousands(one.per_second),
            or_empty(one.of_single, 1),
            or_empty(one.of_bare, 2),
            or_empty(one.p50_millis, 2),
            or_empty(one.p99_millis, 2),
            one.cpu_micros
        );
    }
    page.push_str("\nPostgreSQL's settings:\n\n| | |\n|---|---|\n");
    for setting in &backend.postgres {
        let _ = writeln!(page, "| `{}` | {} |", setting.name, setting.value);
    }
}

fn clicks(page: &mut String, intakes: &[Intake]) {
    let Some(count) = intakes.first().map(|one| one.clicks) else {
        return;
    };
    let count = thousands(count as f64);
    let _ = write!(
        page,
        "\n## Clicks\n\nA CSV of {count} clicks with random ids into an empty store, reading it included, beside what the \
         database alone takes of the same rows.\n\n| | clicks a second |\n|---|--:|\n"
    );
    for one in intakes {
        let _ = writeln!(page, "| {} | {} |", one.name, thousands(one.per_second));
    }
}
