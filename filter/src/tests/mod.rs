//! The gate's stories, told to a host that is no Envoy but keeps Envoy's promises. They run natively and inside wasm.

mod world;
mod sent;
mod store;
mod outcome;

mod walk;
mod refusals;
mod certificates;
mod doctor;
mod arrival;
mod limits;
mod own_writes;
#[cfg(not(target_arch = "wasm32"))]
mod random;
#[cfg(not(target_arch = "wasm32"))]
mod race;
