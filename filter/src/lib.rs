//! The gate at the edge: lets in only what is provably a partner's.
//!
//! One request's walk: [`adapter`] receives Envoy's callbacks and gives them to a [`visit`], which waits until the request
//! is complete, however it arrives. All headers come in one buffer (`header_map`), and [`headers`] are read from it once into what decides. The [`gate`] goes through its checks in
//! order: which of the [`partners`] is it, may it call from there ([`callers`]), has this address failed too often
//! ([`throttle`]), can the request be read and is it signed (the protocol crate), does the partner have a token left
//! ([`buckets`]). Who asks why a signature does not fit goes to the [`doctor`] instead. The [`decision`] goes into the filter state and, when it is a refusal, to the caller ([`report`]), and is
//! counted ([`counters`]); now and then a decision is timed ([`timing`]). All Envoy is asked for stands in [`host`]; all but the adapter is pure.
//!
//! A panic would stop a worker's VM. So the lints below refuse what panics by design: `panic!`, `unwrap`, `expect` and
//! unchecked indexing. Clippy enforces them in `make lint`, which `make test` runs; a plain build does not.

#![cfg_attr(
    not(test),
    deny(
        clippy::panic,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing
    )
)]

pub mod buckets;
pub mod callers;
pub mod counters;
pub mod decision;
pub mod doctor;
pub mod gate;
pub mod header_map;
pub mod headers;
pub mod host;
pub mod partners;
pub mod report;
pub mod throttle;
pub mod timing;
pub mod visit;

// Its imports exist inside Envoy only; the tests run elsewhere.
#[cfg(not(test))]
mod adapter;
#[cfg(not(test))]
mod raw;

#[cfg(test)]
mod tests;
