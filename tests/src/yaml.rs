//! Surgery on Envoy's bootstrap, by line: what is left is byte for byte what ships.

use crate::programs::shipped;
use std::path::Path;

/// Takes the HTTP filter of that name out of each filter chain.
///
/// # Panics
/// When there is none: a story about a missing filter must not pass because of its name.
#[must_use]
pub fn without_filter(yaml: &str, name: &str) -> String {
    let mut kept = Vec::new();
    let mut item_indent = None;
    let mut taken = 0;
    for line in yaml.lines() {
        let indent = line.len() - line.trim_start().len();
        if item_indent.is_some_and(|item| indent <= item && !line.trim().is_empty()) {
            item_indent = None;
        }
        // The same name is also that of routes and clusters: a filter's next line decides.
        if line.trim() == format!("- name: {name}") && indent == FILTER_INDENT {
            item_indent = Some(indent);
            taken += 1;
        }
        if item_indent.is_none() {
            kept.push(line);
        }
    }
    assert!(
        taken > 0,
        "the bootstrap has no filter `{name}` to take out"
    );
    kept.join("\n") + "\n"
}

/// Opens the road to the backend for requests that lack the gate's word.
///
/// # Panics
/// When the bootstrap's road asks for none.
#[must_use]
pub fn without_second_lock(yaml: &str) -> String {
    let kept: Vec<_> = yaml
        .lines()
        .filter(|line| !line.trim().starts_with(SECOND_LOCK))
        .collect();
    assert!(
        kept.len() < yaml.lines().count(),
        "the bootstrap has no second lock to take out"
    );
    kept.join("\n") + "\n"
}

/// Has Envoy watch another folder for the gate's file.
///
/// # Panics
/// When the bootstrap watches none.
#[must_use]
pub fn with_edge_folder(yaml: &str, folder: &Path) -> String {
    let watched = "watched_directory: { path: ";
    let line = yaml
        .lines()
        .find_map(|line| line.trim().strip_prefix(watched));
    let old = line
        .and_then(|line| line.strip_suffix(" }"))
        .expect("the bootstrap watches a folder");
    yaml.replace(old, &folder.display().to_string())
}

/// The ports of a stand's bootstrap: Envoy's admin, HTTPS, HTTP, the first backend.
///
/// # Panics
/// When it has fewer.
#[must_use]
pub fn ports_of(yaml: &str) -> [u16; 4] {
    let mut ports: Vec<u16> = Vec::new();
    for piece in yaml.split("port_value: ").skip(1) {
        let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
        let port = digits.parse().expect("a port");
        if !ports.contains(&port) {
            ports.push(port); // each listener has it for IPv4 and IPv6
        }
    }
    ports.truncate(4);
    ports.try_into().expect("four ports")
}

/// Gives streams on which nothing moves another time.
///
/// # Panics
/// When the bootstrap gives them none.
#[must_use]
pub fn with_idle_timeout(yaml: &str, timeout: &str) -> String {
    once(
        yaml,
        "stream_idle_timeout: 30s",
        &format!("stream_idle_timeout: {timeout}"),
    )
}

/// Puts Envoy's own rate limit filter behind the gate, by the pieces that ship for it: `service` is the port of the
/// rate limit service on 127.0.0.1, and `closed` what happens when it is away.
///
/// # Panics
/// When a piece or the place it belongs to is not there.
#[must_use]
pub fn with_rate_limit(yaml: &str, service: u16, closed: bool) -> String {
    let pieces = shipped("deploy/rate-limit/envoy.yaml");
    let pieces = once(
        &pieces,
        "port_value: 8081",
        &format!("port_value: {service}"),
    );
    let choice = format!("failure_mode_deny: {closed}");
    let pieces = once(&pieces, "failure_mode_deny: false", &choice);
    let pieces: Vec<&str> = pieces.split("\n---\n").collect();
    let [filter, route, cluster] = pieces.as_slice() else {
        panic!(
            "deploy/rate-limit/envoy.yaml has {} pieces, not three",
            pieces.len()
        );
    };
    let yaml = before(yaml, "- name: envoy.filters.http.router", filter);
    let yaml = before(&yaml, "timeout: 10s", route);
    before(&yaml, "- name: backend", cluster)
}

/// Puts a piece in front of the one line that is this, as deep as that line is.
fn before(yaml: &str, line: &str, piece: &str) -> String {
    let places = yaml.lines().filter(|place| place.trim() == line);
    let places: Vec<&str> = places.collect();
    let [place] = places.as_slice() else {
        panic!("the bootstrap has {} lines `{line}`, not one", places.len());
    };
    let indent = " ".repeat(place.len() - line.len());
    let piece: Vec<String> = piece
        .lines()
        .map(|line| format!("{indent}{line}"))
        .collect();
    once(
        yaml,
        &format!("\n{place}\n"),
        &format!("\n{}\n{place}\n", piece.join("\n")),
    )
}

/// Has the access log say what stands in `x-postern-partner` behind the gate.
///
/// # Panics
/// When there is no access log.
#[must_use]
pub fn with_partner_in_log(yaml: &str) -> String {
    let last = "tries: \"%UPSTREAM_REQUEST_ATTEMPT_COUNT%\"";
    let indent = " ".repeat(18);
    let both = format!("{last}\n{indent}named: \"%REQ(X-POSTERN-PARTNER)%\"");
    once(yaml, last, &both)
}

fn once(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "`{old}` is there once");
    text.replacen(old, new, 1)
}

/// How deep `http_filters` items stand in `envoy/envoy.yaml`.
const FILTER_INDENT: usize = 10;

/// What the road to the backend asks of a request.
const SECOND_LOCK: &str = "filter_state: [{ key: wasm.postern,";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_filter_goes_and_the_others_stay() {
        let yaml = "          http_filters:\n          - name: a\n            x: 1\n          # why\n          - name: b\n";
        let left = without_filter(yaml, "a");
        assert_eq!(
            left,
            "          http_filters:\n          # why\n          - name: b\n"
        );
    }

    #[test]
    fn the_road_asks_for_nothing_any_more() {
        let yaml = "match:\n  path: /x\n  filter_state: [{ key: wasm.postern, a: b }]\nroute:\n";
        assert_eq!(without_second_lock(yaml), "match:\n  path: /x\nroute:\n");
    }
}
