//! Partners: how each one's postbacks have been, by which keys and limits it is let in, what it is
//! paid, and what its developer needs to post.
//!
//! Nothing here changes `partners.toml`. A session that was stolen must not be able to change who may
//! post, so the pages show the commands, and who runs Postern runs them.

pub(super) mod list;
pub(super) mod one;
pub(super) mod onboarding;
pub(super) mod doctor;
mod health;
mod keys;
mod known;
mod limits;
mod typed;
mod told;

pub(super) use list::PATH;

/// Where one partner is.
pub(super) const ONE_PATH: &str = "/console/partners/{id}";

/// Where what its developer needs is.
pub(super) const ONBOARDING_PATH: &str = "/console/partners/{id}/onboarding";

/// Where its signature doctor is.
pub(super) const DOCTOR_PATH: &str = "/console/partners/{id}/doctor";
