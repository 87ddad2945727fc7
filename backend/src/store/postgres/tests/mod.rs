//! What only PostgreSQL can show: several backends at once, and real failures of a real server.

mod settings;
mod at_once;
mod waiting;
mod failures;
mod months;
mod migration;
mod barrier;
mod opening;
mod trouble;
