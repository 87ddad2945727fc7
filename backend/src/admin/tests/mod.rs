//! The admin API over real HTTP, on a real store.

mod stand;
mod document;
mod entry;
mod connections;
mod partners;
mod lists;
mod single;
mod reports;
mod exports;
mod retention;
mod clicks;
mod review;
