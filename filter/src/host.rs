//! What the gate asks of Envoy, and nothing more: each method is one crossing out of the VM, the dearest thing a request
//! pays for here. The adapter answers with real host calls, the tests with a fake whose compare-and-swap is exact.

use crate::header_map::HeaderMap;

/// Nanoseconds since the Unix epoch, by the host's wall clock: it may step back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixNanos(pub u64);

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// A value in shared data, with the ticket that proves at a swap that nobody wrote in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The bytes as stored.
    pub value: Vec<u8>,
    /// The ticket of this very version.
    pub ticket: u32,
}

/// The state all workers of one Envoy share. It outlives reloads and traps; its keys are never freed.
pub trait SharedData {
    /// The value under `key`, if there is one.
    fn read(&self, key: &str) -> Option<Shared>;

    /// Writes `value` if the key still holds the version of `ticket` (`None`: if there is no such key yet).
    /// False when another worker was faster.
    fn swap(&self, key: &str, value: &[u8], ticket: Option<u32>) -> bool;
}

/// One request, as far as the gate needs to see it.
pub trait Host: SharedData {
    /// The host's clock.
    fn now(&self) -> UnixNanos;

    /// Envoy's word on who is calling: `address:port`, `[v6]:port`, or a path for Unix sockets. Empty when unknown.
    fn caller(&self) -> Vec<u8>;

    /// Envoy's word on the client certificate: its SHA-256 in hex, whose key the caller has shown to hold. Empty when it
    /// sent none.
    fn client_certificate(&self) -> Vec<u8>;

    /// All request headers, names in lower case, values as raw bytes.
    fn headers(&self) -> HeaderMap;

    /// The body buffered so far, at most `max_bytes` of it.
    fn body(&self, max_bytes: usize) -> Vec<u8>;
}
