//! The backend as it is served, timed through HTTP.

use super::Round;
use super::deliveries::{Deliveries, MARKER, proof};
use super::stage::Stage;
use crate::Length;
use crate::cores::{BOTH_CORES, command_on};
use crate::load::{self, Measured, Plan};
use crate::process::{Server, free_address};
use crate::product_files;

/// What a run through HTTP sends, and how it is written.
pub(crate) struct Sending {
    /// Deliveries on their way at once.
    pub(crate) in_flight: usize,
    /// Deliveries in one transaction; none: as many as the backend's own setting allows.
    pub(crate) batch: Option<u32>,
    /// The number of the first delivery; those before it were sent already.
    pub(crate) first: usize,
}

/// Serves and records deliveries for one window.
pub(super) fn time(stage: &Stage<'_>, sending: &Sending, length: Length) -> Result<Round, String> {
    serve(stage, sending, length).map(|measured| Round::from(&measured))
}

/// The same, with all that the load saw.
pub(crate) fn serve(
    stage: &Stage<'_>,
    sending: &Sending,
    length: Length,
) -> Result<Measured, String> {
    let target = free_address()?;
    let mut command = command_on(BOTH_CORES, &product_files::postern()?);
    command.arg("serve").current_dir(&stage.folder);
    product_files::forget_settings(&mut command);
    command.env("POSTERN_LISTEN", target.to_string());
    command.env("POSTERN_DATABASE", &stage.url);
    if let Some(batch) = sending.batch {
        command.env("POSTERN_WRITER_BATCH", batch.to_string());
    }
    let server = Server::start("postern", command, &stage.folder, target)?;
    let tokens = std::fs::read_to_string(stage.folder.join("proof.tokens"))
        .map_err(|error| format!("proof.tokens: {error}"))?;
    let deliveries = Deliveries::new(&proof(&tokens)?, sending.first)?;
    let plan = Plan {
        target,
        connections: sending.in_flight,
        warm_up: length.warm_up(),
        window: length.window,
        marker: MARKER,
        cores: BOTH_CORES,
    };
    let measured = load::run(&plan, Box::new(deliveries), &|| {
        let mut used = vec![server.cpu_time()?];
        used.extend(stage.cluster.map(|it| it.cpu_time()).transpose()?);
        Ok(used)
    })?;
    measured
        .check(200, None)
        .map_err(|error| format!("{error}\n{}", server.last_words()))?;
    Ok(measured)
}
