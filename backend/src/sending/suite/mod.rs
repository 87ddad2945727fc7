//! A partner's self-check: a script of tests against a gate, each with what it should be answered.
//!
//! [`script`] says what is sent and expected, [`run`] sends it and judges the answers, [`told`] is what came of it, for
//! people and for programs, and [`certificate`] the page a partner keeps. Everything that is sent says
//! `test=1`. Should the first answer not say that it was taken as a test, the rest stays unsent: a gate
//! that does not know tests would book it.

mod script;
mod step;
mod expected;
mod run;
mod told;
mod certificate;
#[cfg(test)]
mod tests;

pub use certificate::certificate;
pub use expected::Expected;
pub use run::{Runner, SuiteSettings};
pub use script::script;
pub use step::Step;
pub use told::{SUITE_VERSION, StepTold, SuiteTold};
