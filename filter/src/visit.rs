//! One request from its first byte to its decision, however its parts arrive: headers alone, a body in one piece or byte
//! by byte, with or without trailers. Every callback that may be the last one leads to a decision.

use crate::decision::{Decision, Refused};
use crate::doctor::{self, Patient};
use crate::gate::{Admitted, Gate};
use crate::headers::Headers;
use crate::host::Host;

/// A request under way.
#[derive(Default)]
pub struct Visit {
    headers: Headers,
    stage: Stage,
}

#[derive(Default)]
enum Stage {
    /// Nothing has arrived.
    #[default]
    Expected,
    /// In order as far as the headers tell.
    Admitted(Admitted),
    /// For the signature doctor, in order as far as the headers tell.
    Asking(Patient),
    /// Refused by its headers, with a body still to come that is not known to be too long. Envoy closes a connection
    /// whose request is answered before its end, and a partner in trouble would have to connect anew for each try. So
    /// the end is awaited, or the byte that is too many.
    Refused(Refused),
    /// Decided: on its way to the backend.
    LetIn,
    /// Decided: answered.
    TurnedAway,
}

/// What a callback came to.
#[derive(Debug)]
pub enum Step {
    /// Nothing may go on to the backend yet, or ever.
    Hold,
    /// The decision, to be carried out now.
    Decide(Box<Decision>),
    /// It was let in before: what still comes may follow.
    Follow,
}

impl Visit {
    /// The headers are here; `end_of_stream` when nothing follows.
    pub fn on_headers(&mut self, gate: &Gate, host: &impl Host, end_of_stream: bool) -> Step {
        self.headers = Headers::read(host.headers());
        let admitted = match gate.admit(host, &self.headers) {
            // No postback: so the doctor's path costs postbacks nothing.
            Err(refused) if doctor::is_asked(&refused, &self.headers) => {
                doctor::admit(gate, host, &self.headers).map(Stage::Asking)
            }
            admitted => admitted.map(Stage::Admitted),
        };
        self.stage = match admitted {
            Ok(stage) => stage,
            Err(refused) if end_of_stream || self.a_body_may_fit(gate) => Stage::Refused(refused),
            Err(refused) => return self.decide(Decision::Refused(refused)),
        };
        self.go_on(gate, host, 0, end_of_stream)
    }

    /// `size` bytes of body are buffered by now.
    pub fn on_body(
        &mut self,
        gate: &Gate,
        host: &impl Host,
        size: usize,
        end_of_stream: bool,
    ) -> Step {
        self.go_on(gate, host, size, end_of_stream)
    }

    /// Trailers end a request as well, also one whose body never said that it ended.
    pub fn on_trailers(&mut self, gate: &Gate, host: &impl Host) -> Step {
        let max_bytes = usize::try_from(gate.max_body_bytes()).unwrap_or(usize::MAX);
        self.go_on(gate, host, max_bytes, true)
    }

    /// The request's headers.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    fn go_on(&mut self, gate: &Gate, host: &impl Host, size: usize, end_of_stream: bool) -> Step {
        match std::mem::replace(&mut self.stage, Stage::TurnedAway) {
            Stage::Admitted(admitted) if size as u64 > gate.max_body_bytes() => {
                self.decide(gate.outgrown(host, &admitted))
            }
            Stage::Admitted(admitted) if end_of_stream => {
                let body = if size == 0 {
                    Vec::new()
                } else {
                    host.body(size)
                };
                self.decide(gate.judge(host, &self.headers, &admitted, &body))
            }
            Stage::Asking(_) if size as u64 > gate.max_body_bytes() => {
                self.decide(Decision::Refused(gate.body_too_large().into()))
            }
            Stage::Asking(patient) if end_of_stream => {
                let body = if size == 0 {
                    Vec::new()
                } else {
                    host.body(size)
                };
                self.decide(doctor::examine(host, &self.headers, patient, &body))
            }
            Stage::Refused(refused) if end_of_stream || size as u64 > gate.max_body_bytes() => {
                self.decide(Decision::Refused(refused))
            }
            Stage::LetIn => {
                self.stage = Stage::LetIn;
                Step::Follow
            }
            still => {
                self.stage = still;
                Step::Hold
            }
        }
    }

    fn decide(&mut self, decision: Decision) -> Step {
        self.stage = match decision {
            Decision::Accepted(_) => Stage::LetIn,
            Decision::Refused(_) | Decision::Diagnosed(_) => Stage::TurnedAway,
        };
        Step::Decide(Box::new(decision))
    }

    fn a_body_may_fit(&self, gate: &Gate) -> bool {
        let announced_bytes = self.headers.content_length;
        announced_bytes.is_none_or(|bytes| bytes <= gate.max_body_bytes())
    }
}
