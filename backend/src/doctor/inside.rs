//! The store and the running backends.

use std::net::{IpAddr, Ipv4Addr};

use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::proof::{self, PROOF_HEADER, ProofToken};
use postern_protocol::sign::Form;

use reqwest::Client;

use super::ask::{Heard, apart, ask, inside};
use super::{Findings, Patient};
use crate::clock::Clock;
use crate::server::STATUS_PATH;
use crate::store::{DatabaseUrl, Schema, Store};

/// Looks whether the store answers and has this version's schema. Nothing is migrated.
pub(super) async fn store(url: &DatabaseUrl, findings: &mut Findings) {
    let advice = "see that it runs and that `database` in postern.toml names it";
    match Store::schema(url).await {
        Err(error) => findings.broken("store", error.to_string(), advice),
        Ok(Schema::None) => findings.broken(
            "store",
            "there is no ledger in it yet",
            "see that `database` in postern.toml names the right one; if it is new, start `postern serve`: it makes one",
        ),
        Ok(Schema::Found { unknown, .. }) if !unknown.is_empty() => findings.broken(
            "store",
            format!(
                "a newer Postern has migrated it: {} unknown here",
                numbers(&unknown)
            ),
            "run that newer version",
        ),
        Ok(Schema::Found { missing, .. }) if !missing.is_empty() => findings.broken(
            "store",
            format!("it lacks {} of this version", numbers(&missing)),
            "start `postern serve` of this version: it migrates; keep a copy of the database first",
        ),
        Ok(Schema::Found { .. }) => findings.good("store", "it answers and is migrated"),
    }
}

fn numbers(versions: &[i64]) -> String {
    let numbers: Vec<String> = versions.iter().map(ToString::to_string).collect();
    format!("migration {}", numbers.join(", "))
}

/// Asks each running backend, one after another.
pub(super) async fn backends(
    patient: &Patient<'_>,
    token: Option<&ProofToken>,
    findings: &mut Findings,
) {
    let client = match inside() {
        Ok(client) => client,
        Err(error) => return findings.broken("backend", error.to_string(), "report this"),
    };
    for place in &patient.backends {
        let base = format!("http://{place}");
        backend(&client, &patient.clock, &base, token, findings).await;
    }
}

/// Asks one backend what only the holder of the gate's token may know. Each finding names it.
async fn backend(
    client: &Client,
    clock: &Clock,
    base: &str,
    token: Option<&ProofToken>,
    findings: &mut Findings,
) {
    let ready = ask(client.get(format!("{base}/readyz")), clock).await;
    match &ready {
        Err(error) => {
            let said = format!("{base} does not answer: {error}");
            return findings.broken(
                "backend",
                said,
                "start `postern serve`; its log says why it ended",
            );
        }
        Ok(heard) if heard.status != 200 => findings.broken(
            "backend",
            format!("{base} is not ready (status {})", heard.status),
            "its log says why; most often the store is away",
        ),
        Ok(_) => findings.good("backend", format!("{base} is ready")),
    }
    let Some(token) = token else { return };
    let status = client
        .get(format!("{base}{STATUS_PATH}"))
        .header(PROOF_HEADER, proof_of(token));
    match ask(status, clock).await {
        Err(error) => findings.broken(
            "backend_proof",
            format!("{base} does not answer any more: {error}"),
            "start `postern serve` again",
        ),
        Ok(heard) => told(base, &heard, findings),
    }
}

fn told(base: &str, heard: &Heard, findings: &mut Findings) {
    let body = heard.json();
    match (heard.status, body["version"].as_str()) {
        (200, Some(version)) => {
            findings.good("backend_proof", format!("{base} takes the gate's token"));
            version_of(base, version, findings);
        }
        (401, _) => {
            return findings.broken(
                "backend_proof",
                format!("{base} does not take the token that the gate sends"),
                "run `postern partners apply`; if that changes nothing, the backend runs with another proof_file",
            );
        }
        (status, _) => {
            return findings.broken(
                "backend_proof",
                format!("what answers at {base} is no backend of this version (status {status})"),
                "bring gate, backend and this program to one version",
            );
        }
    }
    match body["unix_seconds"].as_i64().map(|then| heard.at.0 - then) {
        Some(behind) => {
            clock(
                "backend_clock",
                &format!("the clock of {base}"),
                behind,
                findings,
            );
        }
        None => findings.doubtful(
            "backend_clock",
            format!("{base} does not tell its time"),
            "bring gate, backend and this program to one version",
        ),
    }
}

fn version_of(base: &str, version: &str, findings: &mut Findings) {
    let ours = env!("CARGO_PKG_VERSION");
    if version == ours {
        return findings.good("backend_version", format!("{base} is {version}"));
    }
    findings.broken(
        "backend_version",
        format!("the running backend at {base} is {version}, this program {ours}"),
        "restart the backend with the program that is installed",
    );
}

pub(super) fn clock(check: &'static str, whose: &str, behind: i64, findings: &mut Findings) {
    match apart(behind) {
        None => findings.good(check, format!("{whose} is ours")),
        Some(apart) => findings.broken(
            check,
            format!("{whose} is {apart}"),
            "let all machines follow one time source, as chrony or systemd-timesyncd do",
        ),
    }
}

/// What the filter would say of a request, of nobody's.
fn proof_of(token: &ProofToken) -> String {
    let partner = PartnerId::parse("postern-doctor").expect("a plain name");
    let key = KeyId::parse("none").expect("a plain name");
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    proof::encode(token, &partner, &key, Form::Raw, here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    fn heard(status: u16, body: &str) -> Heard {
        Heard {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: body.to_owned(),
            at: postern_protocol::time::UnixSeconds(1_000),
        }
    }

    fn told_by(status: u16, body: &str) -> Vec<(&'static str, Level)> {
        let mut findings = Findings::default();
        told("http://east:8090", &heard(status, body), &mut findings);
        let list = findings.list().iter();
        list.inspect(|it| assert!(it.said.contains("http://east:8090"), "{it:?}"))
            .map(|it| (it.check, it.level))
            .collect()
    }

    #[test]
    fn another_version_and_another_time_are_told() {
        let other = r#"{"version":"0.0.9","unix_seconds":400}"#;
        assert_eq!(
            told_by(200, other),
            [
                ("backend_proof", Level::Good),
                ("backend_version", Level::Broken),
                ("backend_clock", Level::Broken)
            ]
        );
        assert_eq!(told_by(404, "{}"), [("backend_proof", Level::Broken)]);
        assert_eq!(told_by(401, "{}"), [("backend_proof", Level::Broken)]);
    }
}
