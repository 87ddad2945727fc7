//! A small world around the gate: partners, a clock, and the host as a request sees it.

use super::outcome::decision;
use super::sent::{SECRET, Sent};
use super::store::Store;
use crate::counters::Counters;
use crate::decision::Decision;
use crate::gate::Gate;
use crate::header_map::HeaderMap;
use crate::host::{Host, NANOS_PER_SECOND, Shared, SharedData, UnixNanos};
use crate::visit::Visit;
use postern_protocol::edge::EdgeConfig;
use std::cell::Cell;

/// The client certificates of `certified`: one in use, and the one that takes its place.
pub(crate) const CERTIFICATE: &str =
    "1111111111111111111111111111111111111111111111111111111111111111";
pub(crate) const NEXT_CERTIFICATE: &str =
    "2222222222222222222222222222222222222222222222222222222222222222";
pub(crate) const PROOF_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// One Envoy with its gate.
pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) store: Store,
    pub(crate) clock: Cell<u64>,
    /// How often a request's client certificate was asked for.
    pub(crate) asked_for_certificates: Cell<u32>,
}

impl World {
    /// `open` calls from 10.0.0.0/8 and v6, `strict` from 192.0.2.0/24: 2 tokens a second, 4 at once; `certified` from
    /// 203.0.113.0/24 with a client certificate. 3 failures a minute per address. Bodies up to 1,000 bytes.
    pub(crate) fn new() -> World {
        World {
            gate: gate(2, 4),
            store: Store::default(),
            clock: Cell::new(1_700_000_000 * NANOS_PER_SECOND),
            asked_for_certificates: Cell::new(0),
        }
    }

    /// Another rate for `strict`, as after a reload; shared data stays.
    pub(crate) fn reload(&mut self, rate_per_second: u32, burst: u32) {
        self.gate = gate(rate_per_second, burst);
    }

    /// From now on another worker of the same Envoy takes the requests.
    pub(crate) fn change_worker(&mut self) {
        self.gate = gate(2, 4);
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock
            .set(self.clock.get() + seconds * NANOS_PER_SECOND);
    }

    pub(crate) fn step_back(&self, seconds: u64) {
        self.clock
            .set(self.clock.get() - seconds * NANOS_PER_SECOND);
    }

    /// Sends a request whose body arrives in one piece, as Envoy reports it.
    pub(crate) fn send(&self, request: &Sent) -> Decision {
        let visit = &mut Visit::default();
        let (host, size) = (request.to(self), request.body.len());
        let steps = [
            visit.on_headers(&self.gate, &host, size == 0),
            visit.on_body(&self.gate, &host, size, false),
            visit.on_body(&self.gate, &host, size, true),
        ];
        let mut decisions = steps.into_iter().filter_map(decision);
        decisions.next().expect("a complete request is decided")
    }
}

fn gate(rate_per_second: u32, burst: u32) -> Gate {
    let config = format!(
        r#"{{"proof":"{PROOF_TOKEN}","max_body_bytes":1000,"replicas":1,
            "failure_throttle":{{"per_minute":3,"burst":3}},
            "partners":[
              {{"id":"strict","secrets":[{{"id":"k1","secret":"{SECRET}"}}],"networks":["192.0.2.0/24"],
                "rate_per_second":{rate_per_second},"burst":{burst}}},
              {{"id":"open","secrets":[{{"id":"old","secret":"an older secret"}},{{"id":"new","secret":"{SECRET}"}}],
                "networks":["10.0.0.0/8","2001:db8::/32"],"rate_per_second":1000,"burst":1000}},
              {{"id":"neighbour","secrets":[{{"id":"k1","secret":"another secret"}}],"networks":["10.9.0.0/16"],
                "rate_per_second":1000,"burst":1000}},
              {{"id":"certified","secrets":[{{"id":"k1","secret":"{SECRET}"}}],"networks":["203.0.113.0/24"],
                "rate_per_second":1000,"burst":1000,
                "client_certificates":["{CERTIFICATE}","{NEXT_CERTIFICATE}"]}}]}}"#
    );
    let config = EdgeConfig::parse(config.as_bytes()).expect("the tests' configuration is valid");
    Gate::new(config, &mut Counters::default())
}

/// The host as one request sees it.
pub(crate) struct Caller<'a> {
    pub(super) request: &'a Sent,
    pub(super) world: &'a World,
}

impl SharedData for Caller<'_> {
    fn read(&self, key: &str) -> Option<Shared> {
        self.world.store.read(key)
    }

    fn swap(&self, key: &str, value: &[u8], ticket: Option<u32>) -> bool {
        self.world.store.swap(key, value, ticket)
    }
}

impl Host for Caller<'_> {
    fn now(&self) -> UnixNanos {
        UnixNanos(self.world.clock.get())
    }

    fn caller(&self) -> Vec<u8> {
        self.request.caller.clone().into()
    }

    fn client_certificate(&self) -> Vec<u8> {
        let asked = &self.world.asked_for_certificates;
        asked.set(asked.get() + 1);
        self.request.certificate.clone().into()
    }

    fn headers(&self) -> HeaderMap {
        self.request.headers.iter().cloned().collect()
    }

    fn body(&self, max_bytes: usize) -> Vec<u8> {
        self.request.body.iter().copied().take(max_bytes).collect()
    }
}
