//! A statement from where no runtime is.

/// Runs `work` to its end on this thread.
pub(crate) fn wait<T, E: std::fmt::Display>(
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("No runtime: {error}"))?
        .block_on(work)
        .map_err(|error| error.to_string())
}
