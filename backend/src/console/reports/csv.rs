//! A report as CSV, to be kept: what `postern report … --format csv` writes.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::console::failure::Failed;
use crate::report::period::Period;
use crate::report::sheet::Sheet;

/// The sheet as a file that is named after the report and its days.
pub(super) fn file(name: &str, period: Period, sheet: &Sheet) -> Result<Response, Failed> {
    let text = sheet.to_csv().map_err(|error| {
        tracing::error!(%error, "a report cannot be written as CSV");
        Failed::Internal
    })?;
    let name = format!("{name} {period}").replace(' ', "-");
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let disposition = HeaderValue::try_from(disposition).map_err(|_| Failed::Internal)?;
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, text).into_response())
}
