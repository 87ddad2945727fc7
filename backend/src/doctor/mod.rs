//! Is this installation in order? Looks at it from inside (files, store, backend) and from outside
//! (the gate, as a caller and as Envoy's admin page tell of it), changes nothing, and says of each
//! thing whether it is good, and what to do where it is not.
//!
//! [`examine`] goes from the files on the disk to the gate: [`parts`] looks at what was written and
//! applied, [`disk`] at who can read it and how much room there is, [`inside`] at store and backend,
//! [`gate`] at Envoy. Each adds [`Finding`]s to one report.

mod finding;
mod place;
mod parts;
mod disk;
mod inside;
mod ask;
mod gate;

use std::net::{IpAddr, Ipv4Addr};

use postern_protocol::proof::ProofToken;
use reqwest::{Client, Url};

pub use finding::{Finding, Findings, Level};
pub use place::Place;

use crate::clock::Clock;
use crate::config::Settings;

/// What is examined, and where it is reached.
pub struct Patient<'a> {
    /// How the backend here is set up.
    pub settings: &'a Settings,
    /// Where secrets of `partners.toml` that are not in it come from.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Where the running backends listen, each of which is asked.
    pub backends: Vec<Place>,
    /// The gate; `None` leaves it out.
    pub gate: Option<GatePlace>,
    /// Our own time.
    pub clock: Clock,
}

/// Where the gate is reached.
pub struct GatePlace {
    /// As callers do.
    pub url: Url,
    /// Envoy's admin page.
    pub admin: Place,
    /// Speaks to the gate.
    pub client: Client,
}

/// Where a backend with this setting is reached from its own machine.
#[must_use]
pub fn backend_of(settings: &Settings) -> Place {
    let mut address = settings.listen;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address.into()
}

/// Examines everything, in the order in which one thing depends on another.
pub async fn examine(patient: &Patient<'_>) -> Findings {
    let mut findings = Findings::default();
    let edge = parts::examine(patient, &mut findings);
    disk::examine(patient.settings, &mut findings);
    inside::store(&patient.settings.database, &mut findings).await;
    let token: Option<&ProofToken> = edge.as_ref().map(|edge| &edge.proof);
    inside::backends(patient, token, &mut findings).await;
    if let Some(gate) = &patient.gate {
        let version = edge.as_ref().map(|edge| edge.version.as_str());
        gate::examine(gate, version, &patient.clock, &mut findings).await;
    }
    findings
}
