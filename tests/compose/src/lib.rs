//! What the stories in `tests/` share: `docker-compose.yml` as it ships, brought up as a [`Project`] of
//! the story's own, and taken down with all that belongs to it.
//!
//! The images are built beforehand (`make test-compose` does); a story starts containers only. It looks
//! at them from the host, as a partner or an operator does: over published ports and by the commands
//! `docker` and `docker compose`.

pub mod commands;
pub mod project;
pub mod reconciled;
