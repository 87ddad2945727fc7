//! What becomes of flags: decisions, healing, and the queue between them.

mod desk;
mod decisions;
mod moves;
mod times;
mod healing;
mod queue;
mod once;
mod seen;
mod audit;
mod money;
mod caps;
mod undo;
mod undo_money;
mod undo_once;
mod undo_seen;
mod undo_refused;

use desk::{Desk, Step, tell_capped_stories, tell_paid_stories, tell_stories};
