//! `GET /admin/imports`: how far each named import came.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::admin::Admin;
use crate::admin::page::{Page, PageParams, Paging};
use crate::admin::problem::Problem;
use crate::admin::query::{FromQuery, Parameters, Query};
use crate::admin::shape::Moment;
use crate::store::ImportRecord;

/// Which imports are listed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what `Asked` reads")]
pub(in crate::admin) struct Params {
    /// Only the one of this name.
    name: Option<String>,
}

/// What is asked for.
pub(in crate::admin) struct Asked {
    name: Option<String>,
    paging: Paging<String>,
}

impl FromQuery for Asked {
    fn read(query: &mut Parameters<'_>) -> Option<Self> {
        let paging = Paging::read(query);
        let name = query.take("name", |text| Ok(text.to_owned()));
        Some(Self {
            name,
            paging: paging?,
        })
    }
}

/// How far a named import came.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::admin) struct NamedImport {
    /// What it was called; the file's path where the command line imported it.
    name: String,
    /// Lines that are done, a CSV's header included.
    lines: u64,
    /// Bytes that are done, up to the end of the last of these lines.
    bytes: u64,
    /// When that was.
    imported_at: Moment,
}

impl From<ImportRecord> for NamedImport {
    fn from(record: ImportRecord) -> Self {
        Self {
            name: record.name,
            lines: record.mark.lines,
            bytes: record.mark.bytes,
            imported_at: record.imported_at.into(),
        }
    }
}

/// How far each named import came
///
/// By name. The same log sent again under its name, whole, goes on behind these lines.
#[utoipa::path(
    get, path = "/admin/imports", tag = "clicks",
    params(Params, PageParams),
    responses((status = 200, body = Page<NamedImport>), Problem),
)]
pub(in crate::admin) async fn list(
    State(admin): State<Arc<Admin>>,
    Query(Asked { name, paging }): Query<Asked>,
) -> Result<Json<Page<NamedImport>>, Problem> {
    let records = match name {
        Some(name) => Vec::from_iter(admin.store.import_record(&name).await?),
        None => {
            let after = paging.after.as_deref();
            admin.store.imports(after, paging.limit_and_one()).await?
        }
    };
    Ok(Json(paging.page(records, |record| record.name.clone())))
}
