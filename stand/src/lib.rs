//! Brings up the whole of Postern in a folder of its own: certificate, partners, backend, Envoy.
//!
//! The demo, the end-to-end tests and the benchmark all stand on it, so what they show is the real
//! thing: the real Envoy with the bootstrap of `envoy/`, the real filter, the real binary. Each
//! stand has its own ports, so many can run side by side.
//!
//! ```no_run
//! # fn main() -> Result<(), postern_stand::StandError> {
//! let stand = postern_stand::Stand::builder().concurrency(4).start()?;
//! println!("post to {}", stand.https_url());
//! # Ok(())
//! # }
//! ```
//!
//! What flows: [`Builder`] → [`Layout`] (files) → [`Backend`](Stand) → Envoy → [`Stand`].

mod bootstrap;
mod builder;
mod certificate;
mod error;
mod layout;
mod parts;
mod ports;
mod probe;
mod process;
mod stand;
mod start;

pub use bootstrap::container_bootstrap;
pub use builder::Builder;
pub use certificate::make as make_certificate;
pub use error::StandError;
pub use layout::{Layout, write_private};
pub use ports::{Port, listen};
pub use probe::{get, until};
pub use process::{alive, terminate};
pub use stand::Stand;
