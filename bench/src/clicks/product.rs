//! The import as the product does it: file, parser, store.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postern::clicks::{ClickLog, Format, Import};
use postern::clock::Clock;
use postern::store::Store;

use super::log::Log;

pub(super) async fn import(url: &str, log: &Log) -> Result<Duration, String> {
    let store = Store::open(url).await.map_err(|error| error.to_string())?;
    let start = Instant::now();
    let imported = all(&store, log).await?;
    let span = start.elapsed();
    store.close().await;
    if imported != log.clicks {
        return Err(format!("The run is invalid: {imported} clicks are in."));
    }
    Ok(span)
}

async fn all(store: &Store, log: &Log) -> Result<u64, String> {
    let file = File::open(&log.file).map_err(|error| error.to_string())?;
    let mut import = Import::begin(
        store.clone(),
        Arc::default(),
        Clock::system(),
        Some("bench".to_owned()),
        ClickLog::new(Format::Csv, None),
        file,
    );
    let mut imported = 0;
    while let Some(step) = import.step().await.map_err(|error| error.to_string())? {
        imported = step.report.imported.new;
    }
    Ok(imported)
}
