//! The gate: as a caller meets it, and as Envoy's admin page tells of it.

use reqwest::Url;

use super::ask::{Heard, ask, inside};
use super::inside::clock as judge_clock;
use super::{Findings, GatePlace};
use crate::clock::Clock;

/// The gate's statistics, as Envoy's admin page filters them.
const STATS: &str = "/stats?filter=(gate_build_info|extension_config_discovery)";
/// What stands before the version of the filter that runs.
const FILTER_VERSION: &str = "wasmcustom.postern.gate_build_info.version.";
/// The version of the configuration that Envoy runs.
const CONFIGURATION_VERSION: &str = "extension_config_discovery.http_filter.postern.version_text: ";

/// A certificate with fewer days left is broken: a renewal that works does not come so late.
const DAYS_NEEDED: i64 = 3;
/// With fewer it is told: automatic renewals come a month before the end.
const DAYS_WANTED: i64 = 21;

pub(super) async fn examine(
    gate: &GatePlace,
    applied_version: Option<&str>,
    clock: &Clock,
    findings: &mut Findings,
) {
    from_outside(gate, clock, findings).await;
    let Ok(client) = inside() else { return };
    let admin = format!("http://{}", gate.admin);
    match ask(client.get(format!("{admin}{STATS}")), clock).await {
        Ok(heard) if heard.status == 200 => {
            filter_version(&heard.body, findings);
            configuration(&heard.body, applied_version, findings);
        }
        Ok(heard) => not_envoy(&admin, &format!("status {}", heard.status), findings),
        Err(error) => return not_envoy(&admin, &error.to_string(), findings),
    }
    match ask(client.get(format!("{admin}/certs")), clock).await {
        Ok(heard) => certificates(&heard, findings),
        Err(error) => not_envoy(&admin, &error.to_string(), findings),
    }
}

fn not_envoy(admin: &str, cause: &str, findings: &mut Findings) {
    findings.broken(
        "envoy",
        format!("Envoy's admin page does not answer at {admin}: {cause}"),
        "run this on Envoy's machine, or say --edge-admin HOST:PORT, or --no-gate to leave it out",
    );
}

/// A request without a signature must be refused, in the gate's own words.
async fn from_outside(gate: &GatePlace, clock: &Clock, findings: &mut Findings) {
    let url = event_url(&gate.url);
    let heard = match ask(gate.client.get(url.clone()), clock).await {
        Ok(heard) => heard,
        Err(error) => {
            return findings.broken(
                "gate",
                format!("{url}: {error}"),
                "start Envoy, or say --gate URL; with a certificate of your own --cacert FILE",
            );
        }
    };
    answered(&url, &heard, findings);
    match heard.seconds_behind() {
        Some(behind) => judge_clock("gate_clock", "the gate's clock", behind, findings),
        None => findings.doubtful(
            "gate_clock",
            "the gate's answer has no Date",
            "let Envoy add it; then its clock can be compared",
        ),
    }
}

/// What the answer to an unsigned request says of the server that gave it.
fn answered(url: &Url, heard: &Heard, findings: &mut Findings) {
    let body = heard.json();
    let said = body["error"].as_str().unwrap_or_default();
    // Only what came through Envoy bears its request id as a header.
    let is_ours = body["ok"] == false && heard.headers.contains_key("x-request-id");
    match heard.status {
        200..=299 => findings.broken(
            "gate",
            format!("{url} let an unsigned request in"),
            "stop it: what answers there is not guarded by the filter",
        ),
        400..=499 if is_ours => {
            findings.good("gate", format!("{url} refuses what is not signed ({said})"));
        }
        503 if said == "misconfigured" => findings.broken(
            "gate",
            "Envoy could not load the gate and refuses everything",
            "its log says why: most often the filter's code is not where edge.wasm says",
        ),
        status => findings.broken(
            "gate",
            format!("what answers at {url} is not the gate (status {status})"),
            "look which server that is",
        ),
    }
}

fn event_url(base: &Url) -> Url {
    let mut url = base.clone();
    url.set_path(postern_protocol::request::EVENT_PATH);
    url.set_query(None);
    url
}

fn filter_version(stats: &str, findings: &mut Findings) {
    let ours = env!("CARGO_PKG_VERSION");
    let lines = stats
        .lines()
        .filter_map(|line| line.strip_prefix(FILTER_VERSION));
    let running = lines.filter_map(|line| line.strip_suffix(": 1"));
    let versions: Vec<&str> = running.collect();
    match versions.as_slice() {
        [] => findings.broken(
            "filter",
            "Envoy runs no filter that tells its version",
            "put the filter of this version where edge.wasm says, and restart Envoy",
        ),
        [one] if *one == ours => findings.good("filter", *one),
        several => findings.broken(
            "filter",
            format!("the filter is {}, this program {ours}", several.join(" and ")),
            "bring filter and backend to one version: they read requests with the same code only then",
        ),
    }
}

/// What Envoy runs against what was applied.
fn configuration(stats: &str, applied: Option<&str>, findings: &mut Findings) {
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix(CONFIGURATION_VERSION));
    let running = line.map(|text| text.trim_matches('"')).unwrap_or_default();
    let Some(applied) = applied else { return };
    if running == applied {
        return findings.good("edge_configuration", format!("Envoy runs {running}"));
    }
    let running = if running.is_empty() { "none" } else { running };
    findings.broken(
        "edge_configuration",
        format!("Envoy runs {running}, but {applied} is applied"),
        "Envoy's log says why it did not take the file; or it watches another folder than edge.output is in",
    );
}

fn certificates(heard: &Heard, findings: &mut Findings) {
    let body = heard.json();
    let chains = body["certificates"].as_array().into_iter().flatten();
    let certificates = chains.flat_map(|it| it["cert_chain"].as_array().into_iter().flatten());
    let days = certificates.filter_map(|it| {
        let days = &it["days_until_expiration"];
        days.as_i64().or_else(|| days.as_str()?.parse().ok())
    });
    let Some(days) = days.min() else {
        return findings.doubtful(
            "certificates",
            "Envoy has no certificate: partners cannot come by HTTPS",
            "look at the files that tls.yaml names",
        );
    };
    let said = format!("the first one ends in {days} days");
    let advice = "renew it and move the files into place; Envoy takes them up by itself";
    match days {
        ..DAYS_NEEDED => findings.broken("certificates", said, advice),
        DAYS_NEEDED..DAYS_WANTED => findings.doubtful("certificates", said, advice),
        _ => findings.good("certificates", said),
    }
}
