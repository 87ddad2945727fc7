//! What the stories in `tests/` share: `docker-compose.yml` as it ships, brought up as a [`Project`](project::Project)
//! of the story's own, and taken down with all that belongs to it.
//!
//! The images are built beforehand (`make test-compose` does); a story starts containers only. It looks
//! at them from the host, as a partner or an operator does: over published ports and by the commands
//! `docker` and `docker compose`.
//!
//! A [`project`] has commands; what runs is looked at as [`containers`] and reached over the [`wire`], and what
//! cannot run here is read from the [`file`]. An operator's own things are [`own`] folders and a database
//! [`elsewhere`]. After faults under load the ledger is [`reconciled`]. What the [`images`] hold is looked at without
//! running them.

pub mod commands;
pub mod project;
pub mod containers;
pub mod wire;
pub mod file;
pub mod own;
pub mod elsewhere;
pub mod reconciled;
pub mod images;
