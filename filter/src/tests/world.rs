//! A small world around the gate: partners, a clock, shared data with exact compare-and-swap, and requests to send.

use crate::counters::Counters;
use crate::decision::{Accepted, Decision, Diagnosed, Refused};
use crate::gate::Gate;
use crate::header_map::HeaderMap;
use crate::host::{Host, NANOS_PER_SECOND, Shared, SharedData, UnixNanos};
use crate::visit::{Step, Visit};
use postern_protocol::edge::EdgeConfig;
use postern_protocol::request::{Encoding, Request};
use postern_protocol::sign::{Form, Secret, sign};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

pub(crate) const SECRET: &str = "your_secret_key";
/// The client certificates of `certified`: one in use, and the one that takes its place.
pub(crate) const CERTIFICATE: &str =
    "1111111111111111111111111111111111111111111111111111111111111111";
pub(crate) const NEXT_CERTIFICATE: &str =
    "2222222222222222222222222222222222222222222222222222222222222222";
pub(crate) const PROOF_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Shared data as Envoy keeps it.
#[derive(Default)]
pub(crate) struct Store {
    values: RefCell<HashMap<String, Shared>>,
    writes: Cell<u32>,
    reads: RefCell<Vec<String>>,
    /// So many swaps from now on come too late: another worker writes the same value just before.
    pub(crate) rivals: Cell<u32>,
}

impl Store {
    fn write(&self, key: &str, value: &[u8]) {
        self.writes.set(self.writes.get() + 1);
        let (value, ticket) = (value.to_vec(), self.writes.get());
        self.values
            .borrow_mut()
            .insert(key.to_owned(), Shared { value, ticket });
    }

    /// How often keys that start so were read.
    pub(crate) fn asked_for(&self, start: &str) -> usize {
        let reads = self.reads.borrow();
        reads.iter().filter(|key| key.starts_with(start)).count()
    }

    pub(crate) fn keys(&self) -> usize {
        self.values.borrow().len()
    }
}

impl SharedData for Store {
    fn read(&self, key: &str) -> Option<Shared> {
        self.reads.borrow_mut().push(key.to_owned());
        self.values.borrow().get(key).cloned()
    }

    fn swap(&self, key: &str, value: &[u8], ticket: Option<u32>) -> bool {
        if let Some(left) = self.rivals.get().checked_sub(1) {
            self.rivals.set(left);
            let stored = self.values.borrow().get(key).cloned();
            let same = stored.map_or_else(|| value.to_vec(), |shared| shared.value);
            self.write(key, &same);
        }
        let fits = self.values.borrow().get(key).map(|shared| shared.ticket) == ticket;
        if fits {
            self.write(key, value);
        }
        fits
    }
}

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

pub(crate) fn decision(step: Step) -> Option<Decision> {
    match step {
        Step::Decide(decision) => Some(*decision),
        Step::Hold | Step::Follow => None,
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

/// A request as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) caller: String,
    pub(crate) certificate: String,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    /// A well-signed postback of `strict` from an address of its own.
    pub(crate) fn postback() -> Sent {
        let fields = r#"{"amount":"50.00","clickid":"abc","currency":"USD","event":"ftd","status":"approved"}"#;
        Sent::json(fields).header("x-rs-sign", &signature(fields))
    }

    /// A JSON body of `strict`, not signed.
    pub(crate) fn json(body: &str) -> Sent {
        let length = body.len().to_string();
        let headers = [
            (":method", "POST"),
            (":path", "/v1/event"),
            ("content-type", "application/json"),
            ("content-length", length.as_str()),
            ("x-rs-source", "strict"),
            ("x-request-id", "the-id"),
        ];
        Sent {
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into(),
            caller: "192.0.2.7:5000".to_owned(),
            certificate: String::new(),
            body: body.into(),
        }
    }

    /// The same with a signature that fits nothing.
    pub(crate) fn forged() -> Sent {
        Sent::postback()
            .without("x-rs-sign")
            .header("x-rs-sign", &"0".repeat(64))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Sent {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Sent {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    pub(crate) fn instead(self, name: &str, value: &str) -> Sent {
        self.without(name).header(name, value)
    }

    pub(crate) fn from(mut self, caller: &str) -> Sent {
        self.caller = caller.to_owned();
        self
    }

    /// The same in TLS with a client certificate of this SHA-256, as Envoy tells it.
    pub(crate) fn certified(mut self, sha256: &str) -> Sent {
        self.certificate = sha256.to_owned();
        self
    }

    pub(crate) fn to<'a>(&'a self, world: &'a World) -> Caller<'a> {
        Caller {
            request: self,
            world,
        }
    }
}

/// What `strict` signs a JSON body with.
pub(crate) fn signature(body: &str) -> String {
    let request = Request {
        encoding: Encoding::Json,
        query: b"",
        body: body.as_bytes(),
        sign_header: Some(b"later"),
        time_header: None,
    };
    let postback = request.read().expect("the tests sign what can be read");
    let secret = Secret::parse(SECRET).expect("long enough");
    sign(&secret, Form::Raw, &request, &postback).expect("the raw form applies")
}

/// The host as one request sees it.
pub(crate) struct Caller<'a> {
    request: &'a Sent,
    world: &'a World,
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

#[track_caller]
pub(crate) fn accepted(decision: Decision) -> Accepted {
    match decision {
        Decision::Accepted(accepted) => accepted,
        other => panic!("not accepted: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn refused(decision: Decision) -> Refused {
    match decision {
        Decision::Refused(refused) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn diagnosed(decision: Decision) -> Diagnosed {
    match decision {
        Decision::Diagnosed(diagnosed) => diagnosed,
        other => panic!("not diagnosed: {other:?}"),
    }
}

/// A refusal's code and the reason the access log has for it.
#[track_caller]
pub(crate) fn why(decision: Decision) -> (&'static str, &'static str) {
    let refused = refused(decision);
    (refused.refusal.code(), refused.reason)
}
