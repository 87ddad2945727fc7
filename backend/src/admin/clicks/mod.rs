//! `POST /admin/clicks`: a click log of any length, imported while it comes in.

pub(super) mod imports;
mod body;
mod report;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use utoipa::IntoParams;

use self::body::BodyReader;
use self::report::ImportReport;
use super::Admin;
use super::access::Administrator;
use super::problem::{Kind, Problem};
use super::query::{FromQuery, Parameters, Query};
use crate::clicks::{ClickLog, Format, Import, ImportError, LogError};

/// The longest name of an import.
const MAX_NAME_CHARS: usize = 200;

/// Imports at once: each holds a thread, and a chunk of its log in memory.
pub(super) const MAX_IMPORTS_AT_ONCE: usize = 4;

/// How an import goes on.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Asked` reads")]
pub(super) struct Params {
    /// Under which name to keep how far the log came. The same log sent again under it, whole, goes
    /// on where it stopped. Without a name nothing is kept.
    name: Option<String>,
    /// `true`: import from the first line, whatever was imported under the name before.
    again: Option<bool>,
}

/// What is asked for.
pub(super) struct Asked {
    name: Option<String>,
    again: bool,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let name = query.take("name", name);
        let again = query.take("again", |text| {
            text.parse().map_err(|_| "must be true or false".to_owned())
        });
        Some(Self {
            name,
            again: again.unwrap_or(false),
        })
    }
}

fn name(text: &str) -> Result<String, String> {
    let fits = (1..=MAX_NAME_CHARS).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "must be 1 to {MAX_NAME_CHARS} characters that can be printed"
    ))
}

/// Import a click log
///
/// One JSON object a line, or CSV below a line of column names: `clickid`, and where known `partner`,
/// `clicked_at`, `cost`, `currency`, `geo`, `sub_id_1`, `sub_id_2`. The body may be of any length; it
/// is imported while it comes in. A line that cannot be read is refused and costs no other. When the
/// connection breaks, what was imported stays. Only a few logs are imported at once.
#[utoipa::path(
    post, path = "/admin/clicks", tag = "clicks", security(("token" = ["admin"])),
    params(Params),
    request_body(
        description = "The log, line by line",
        content((String = "application/x-ndjson"), (String = "text/csv")),
    ),
    responses((status = 200, body = ImportReport), Problem),
)]
pub(super) async fn import(
    State(admin): State<Arc<Admin>>,
    _: Administrator,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ImportReport>, Problem> {
    let format = format(&headers)?;
    let Ok(_turn) = admin.importing.try_acquire() else {
        let detail = format!(
            "{MAX_IMPORTS_AT_ONCE} click logs are coming in already; send this one when one of them is done"
        );
        return Err(Problem::new(Kind::TooManyImports, detail));
    };
    let before = match &asked.name {
        Some(name) if !asked.again => admin.store.import_record(name).await?,
        _ => None,
    };
    let agreements = Arc::new(admin.admission.borrow().agreements.clone());
    let mut import = Import::begin(
        admin.store.clone(),
        agreements,
        admin.clock.clone(),
        asked.name,
        ClickLog::new(format, before.map(|before| before.mark).as_ref()),
        BodyReader::new(body),
    );
    let mut report = ImportReport::default();
    while let Some(step) = import.step().await? {
        report.add(step);
    }
    Ok(Json(report))
}

fn format(headers: &HeaderMap) -> Result<Format, Problem> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = media_type.and_then(|it| it.split(';').next());
    match essence.map(|it| it.trim().to_ascii_lowercase()).as_deref() {
        Some("application/x-ndjson" | "application/ndjson" | "application/jsonl") => {
            Ok(Format::Ndjson)
        }
        Some("text/csv" | "text/tab-separated-values") => Ok(Format::Csv),
        _ => Err(Problem::new(
            Kind::UnsupportedMediaType,
            "send `Content-Type: application/x-ndjson` for one JSON object a line, or `text/csv`",
        )),
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Log(LogError::Changed) => Self::new(
                Kind::OtherLog,
                "it does not begin with what was imported under this name: send it under another \
                 name, or with `again=true`",
            ),
            ImportError::Log(LogError::Header(message)) => Self::new(Kind::Invalid, message),
            ImportError::Log(LogError::Input(cause)) => Self::new(
                Kind::Invalid,
                format!(
                    "the body did not come whole ({cause}); what was imported stays, and sent again \
                     under the same name it goes on from there"
                ),
            ),
            ImportError::ReaderStopped => {
                tracing::error!("the thread that reads a click log stopped");
                Self::new(
                    Kind::Internal,
                    "the backend's log has the cause; please report it",
                )
            }
        }
    }
}
