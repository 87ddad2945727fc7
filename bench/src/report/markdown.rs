//! `bench.md`: the same figures as a page, with how they were taken and where the comparison is uneven.

use std::fmt::Write;

use super::{Report, goals, pictures, thousands};
use crate::backend::Recording;
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
The server is on core 0, the load on core 1. Each delivery is new and names a click the store knows, so each is booked \
as accepted; SQLite in WAL with `synchronous=FULL`, and the answer comes after the sync. Each run starts from a copy \
of the same store. The rate depends on the disk: see \"one durable write\" above.\n";

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
    backend(&mut page, &report.backend);
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

fn backend(page: &mut String, recordings: &[Recording]) {
    if recordings.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "\n## Durable deliveries\n\n![Deliveries a second]({})\n\n{HOW_BACKEND}\n\
         | | in flight | a second | of one per transaction | p50 ms | p99 ms | CPU µs each |\n|---|--:|--:|--:|--:|--:|--:|\n",
        pictures::BACKEND
    );
    for one in recordings {
        let ratio = one
            .of_single
            .map_or_else(String::new, |ratio| format!("{ratio:.1} ×"));
        let _ = writeln!(
            page,
            "| {} | {} | {} | {ratio} | {:.2} | {:.2} | {:.1} |",
            one.name,
            one.in_flight,
            thousands(one.per_second),
            one.p50_millis,
            one.p99_millis,
            one.cpu_micros
        );
    }
}
