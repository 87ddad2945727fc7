//! Translates between Envoy and the gate; decides nothing. The one place with host calls.

use crate::counters::{Counters, Metrics, RowId};
use crate::decision::{Accepted, Decision};
use crate::gate::Gate;
use crate::header_map::HeaderMap;
use crate::host::{Host, Shared, SharedData, UnixNanos};
use crate::raw;
use crate::report::{self, Answer};
use crate::timing::{Sampler, micros_between};
use crate::visit::{Step, Visit};
use postern_protocol::answer::Refusal;
use postern_protocol::edge::EdgeConfig;
use postern_protocol::proof::{PARTNER_HEADER, PROOF_HEADER};
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, BufferType, ContextType, LogLevel, MapType, MetricType};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

/// How often counts are handed to Envoy.
const TICK: Duration = Duration::from_secs(1);

/// The filter state's name; Envoy shows it as `wasm.postern`.
const FILTER_STATE: &str = "postern";

/// Envoy's word on who is calling.
const SOURCE_ADDRESS: &str = "source\0address";

/// Envoy's word on the client certificate, where it asked for one.
const CLIENT_CERTIFICATE: &str = "connection\0sha256_peer_certificate_digest";

/// Which filter runs: the bootstrap makes a label of what stands behind `version.`.
const BUILD_INFO: &str = concat!(
    "postern.gate_build_info.version.",
    env!("CARGO_PKG_VERSION")
);

/// How long a decision takes inside the gate.
const DECISION_MICROSECONDS: &str = "postern.gate_decision_microseconds";

/// A write with this ticket succeeds only when the key is missing: no stored value ever has it, and 0 would overwrite.
const TICKET_OF_NOTHING: u32 = u32::MAX;

thread_local! {
    /// The counts of this VM. During a reload, the old and the new root context live in it side by side and count here
    /// together, so that none is lost; nothing of the configuration may be kept this way.
    static COUNTERS: RefCell<Counters> = RefCell::default();
    /// Which callbacks of this VM are timed.
    static SAMPLER: RefCell<Sampler> = RefCell::default();
    /// The id of the histogram of decisions in this VM, once it is defined.
    static TIMING: OnceCell<u32> = const { OnceCell::new() };
}

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| Box::new(Root { gate: None }));
}}

/// One configuration in one worker.
struct Root {
    gate: Option<Rc<Gate>>,
}

impl Context for Root {}

impl RootContext for Root {
    /// False for a configuration that cannot be used. Envoy asks on its main thread first and then, seen with 1.36.2 and
    /// 1.40.0, rejects the update: the old configuration keeps serving, and `…postern.config_fail` counts it. Without an
    /// old one the listener answers 500 to everything until a good file comes. A gate that answers 503 by itself instead
    /// would replace the working one at each slip of the pen.
    fn on_configure(&mut self, _: usize) -> bool {
        let json = buffer(BufferType::PluginConfiguration, usize::MAX);
        match EdgeConfig::parse(&json) {
            Ok(config) => {
                self.gate = Some(Rc::new(
                    COUNTERS.with_borrow_mut(|counters| Gate::new(config, counters)),
                ));
                let _ = hostcalls::set_tick_period(TICK);
                tell_version();
                true
            }
            Err(mistakes) => {
                let text = format!("the edge configuration cannot be used:\n{mistakes}");
                let _ = hostcalls::log(LogLevel::Critical, &text);
                false
            }
        }
    }

    fn on_tick(&mut self) {
        COUNTERS.with_borrow_mut(|counters| counters.flush(&Envoy));
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream {
            gate: self.gate.clone(),
            visit: Visit::default(),
        }))
    }
}

/// One request.
struct Stream {
    /// The gate it began with: a reload does not change the rules for a request under way.
    gate: Option<Rc<Gate>>,
    visit: Visit,
}

impl Context for Stream {}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        self.step(|visit, gate| visit.on_headers(gate, &Envoy, end_of_stream))
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        self.step(|visit, gate| visit.on_body(gate, &Envoy, size, end_of_stream))
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        self.step(|visit, gate| visit.on_trailers(gate, &Envoy))
    }
}

impl Stream {
    fn step(&mut self, advance: impl FnOnce(&mut Visit, &Gate) -> Step) -> Action {
        let began = SAMPLER
            .with_borrow_mut(Sampler::takes_next)
            .then(|| Envoy.now());
        let step = match &self.gate {
            Some(gate) => advance(&mut self.visit, gate),
            None => Step::Decide(Box::new(Decision::Refused(Refusal::Misconfigured.into()))),
        };
        if let (Some(began), Step::Decide(_)) = (began, &step) {
            record_decision(began);
        }
        match step {
            Step::Hold => Action::Pause,
            Step::Follow => Action::Continue,
            Step::Decide(decision) => self.carry_out(&decision),
        }
    }

    fn carry_out(&self, decision: &Decision) -> Action {
        COUNTERS.with_borrow_mut(|counters| {
            let row = decision
                .partner()
                .map_or(RowId::STRANGER, |partner| partner.row);
            counters.count(row, decision.name(), decision.reason());
        });
        let state = report::filter_state(decision);
        raw::set_property(FILTER_STATE, &state);
        match decision {
            Decision::Accepted(accepted) => self.let_in(accepted),
            Decision::Refused(refused) => {
                let request_id = String::from_utf8_lossy(self.visit.headers().request_id());
                answer(&report::answer(refused, &request_id))
            }
            Decision::Diagnosed(diagnosed) => answer(&report::diagnosis(diagnosed)),
        }
    }

    fn let_in(&self, accepted: &Accepted) -> Action {
        for name in &self.visit.headers().forged {
            let _ = hostcalls::remove_map_value(MapType::HttpRequestHeaders, name);
        }
        // Added, not set: none of that name is left, and setting would have Envoy index all headers first.
        let _ =
            hostcalls::add_map_value(MapType::HttpRequestHeaders, PROOF_HEADER, &accepted.proof);
        if self.gate.as_ref().is_some_and(|gate| gate.names_partners()) {
            let partner = accepted.partner.id.as_str();
            let _ = hostcalls::add_map_value(MapType::HttpRequestHeaders, PARTNER_HEADER, partner);
        }
        Action::Continue
    }
}

fn answer(answer: &Answer) -> Action {
    let headers = answer
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    let _ = hostcalls::send_http_response(
        answer.status.into(),
        headers.collect(),
        Some(answer.body.as_bytes()),
    );
    Action::Pause
}

/// The real host.
struct Envoy;

impl SharedData for Envoy {
    fn read(&self, key: &str) -> Option<Shared> {
        match hostcalls::get_shared_data(key) {
            Ok((Some(value), Some(ticket))) => Some(Shared { value, ticket }),
            _ => None,
        }
    }

    fn swap(&self, key: &str, value: &[u8], ticket: Option<u32>) -> bool {
        hostcalls::set_shared_data(key, Some(value), ticket.or(Some(TICKET_OF_NOTHING))).is_ok()
    }
}

impl Host for Envoy {
    fn now(&self) -> UnixNanos {
        let since = hostcalls::get_current_time()
            .unwrap_or(UNIX_EPOCH)
            .duration_since(UNIX_EPOCH);
        UnixNanos(since.map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        }))
    }

    fn caller(&self) -> Vec<u8> {
        raw::property(SOURCE_ADDRESS)
    }

    fn client_certificate(&self) -> Vec<u8> {
        raw::property(CLIENT_CERTIFICATE)
    }

    fn headers(&self) -> HeaderMap {
        raw::request_headers()
    }

    fn body(&self, max_bytes: usize) -> Vec<u8> {
        buffer(BufferType::HttpRequestBody, max_bytes)
    }
}

impl Metrics for Envoy {
    fn define(&self, name: &str) -> u32 {
        hostcalls::define_metric(MetricType::Counter, name).unwrap_or(0)
    }

    fn add(&self, id: u32, count: u32) {
        let _ = hostcalls::increment_metric(id, count.into());
    }
}

/// Says in a gauge which filter this is. It goes with the VM.
fn tell_version() {
    if let Ok(id) = hostcalls::define_metric(MetricType::Gauge, BUILD_INFO) {
        let _ = hostcalls::record_metric(id, 1);
    }
}

/// Keeps how long a decision took; what cannot be kept is left out.
fn record_decision(began: UnixNanos) {
    let define = || hostcalls::define_metric(MetricType::Histogram, DECISION_MICROSECONDS);
    let id = TIMING.with(|known| match known.get() {
        Some(id) => Some(*id),
        None => {
            let id = define().ok()?;
            Some(*known.get_or_init(|| id))
        }
    });
    if let (Some(id), Some(micros)) = (id, micros_between(began, Envoy.now())) {
        let _ = hostcalls::record_metric(id, micros);
    }
}

fn buffer(kind: BufferType, max_bytes: usize) -> Vec<u8> {
    hostcalls::get_buffer(kind, 0, max_bytes)
        .ok()
        .flatten()
        .unwrap_or_default()
}
