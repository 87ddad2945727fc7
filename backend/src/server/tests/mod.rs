//! The server over a real listener and a real file.

mod stand;
mod answers;
mod metrics;
mod refusals;
mod sandbox;
mod trouble;
