//! Postern's backend: from a verified request to a durable record, and the command line around it.
//!
//! One request's way through this crate:
//!
//! 1. [`server`] takes it over HTTP, refuses what lacks the edge's proof, and hands the rest on.
//! 2. [`delivery`] reads it with the protocol's one parser into what it says.
//! 3. [`writer`] queues it, and books what has queued in one transaction.
//! 4. [`ledger`] decides, purely, what it means given what is known.
//! 5. [`store`] loads what is known and keeps what was decided.
//!
//! A delivery that says it is a test goes the same way up to the writer; there the [`sandbox`] decides
//! it from an empty book, and only its row is kept.
//!
//! What was agreed with the partner, money above all, is an [`agreement`]; what a conversion earns
//! by it, to the smallest unit, is a [`payout`]. Only reports convert currencies, by written [`rates`].
//! [`explain`] tells a conversion's story, from its deliveries to each cent.
//!
//! Only then the answer goes back. [`clock`] is the one place where time comes from.
//!
//! Around it: [`admin`] is the API for people and their programs, [`console`] the pages for people in
//! a browser, [`cli`] the command line, [`config`] how the backend is set up, [`partners`] the
//! file of who may post and the two parts made of it, [`doctor`] says whether an installation is in
//! order, [`clicks`] the reading of click logs, and [`sending`] a partner's side, for trying things
//! out; [`pasted`] is a request as people paste it.

pub mod server;
pub mod delivery;
pub mod writer;
pub mod ledger;
pub mod sandbox;
pub mod agreement;
pub mod payout;
pub mod store;
pub mod report;
pub mod explain;
pub mod rates;
pub mod clock;

pub mod admin;
pub mod console;
pub mod cli;
pub mod config;
pub mod partners;
pub mod clicks;
pub mod doctor;
pub mod sending;
pub mod pasted;
mod fields;
mod files;
#[cfg(test)]
mod testing;
