//! The admin API over real HTTP, on a real store.

pub(crate) mod stand;
mod document;
mod entry;
mod roles;
mod connections;
mod partners;
mod lists;
mod single;
mod reports;
mod exports;
mod retention;
mod clicks;
mod review;
mod undo;
