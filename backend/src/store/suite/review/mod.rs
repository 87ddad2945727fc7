//! What becomes of flags: decisions, healing, and the queue between them.

mod desk;
mod decisions;
mod healing;
mod queue;
mod once;

pub(super) use desk::{Desk, Step, tell_stories};
