//! The console over real HTTP, on a real store. What a browser makes of it stands in the end-to-end
//! tests.

pub(super) mod browser;
mod entry;
mod forms;
mod roles;
mod headers;
mod pages;
mod now;
mod drafts;
mod reports;
mod failures;
mod queue;
mod review;
mod undo;
mod audit;
mod partners;
