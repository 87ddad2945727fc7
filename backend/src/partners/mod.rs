//! Partners: one file people edit, two parts made of it.
//!
//! `partners.toml` is read and checked whole ([`file`]). [`apply`] shows the [`difference`] to
//! what is applied, then writes the edge's part ([`edge`]: secrets, networks, rates, no money; [`at_edge`] shows it)
//! and the backend's part ([`applied`]: the agreements, no networks, no secrets). The
//! running backend follows its part through [`live`]. [`edit`] changes the file for a person and
//! leaves the rest of it, comments included, as it was.

pub mod file;
mod keys;
mod terms;
mod secret;
mod when;

pub mod applied;
pub mod edge;
pub mod at_edge;
pub mod proof_file;

pub mod apply;
pub mod difference;
mod view;

pub mod edit;
pub mod live;

/// A `partners.toml` that says everything that may be said.
pub const SAMPLE: &str = include_str!("sample.toml");

pub use file::{EdgeLimits, Partner, PartnersFile, network_text};
pub use keys::{PartnerKey, Sources};
pub use live::{FOLLOW_PERIOD, Follower};
pub use secret::{SECRET_BYTES, strong_secret};
pub use view::validity;
pub(crate) use when::parse as parse_time;
pub use when::{show as show_time, show_day};
