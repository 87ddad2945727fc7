//! What becomes of flags: decisions, healing, and the queue between them.

mod desk;
mod decisions;
mod healing;
mod queue;
mod once;
mod money;

use desk::{Desk, Step, tell_paid_stories, tell_stories};
