//! All routes, and the document made from them.

use std::any::Any;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{Kind, Problem, ProblemBody};
use super::query::{Nothing, Query};
use super::{
    Admin, access, clicks, conversions, decisions, deliveries, explain, exports, flags, partners,
    preview, reports, retention,
};
use crate::console;

/// The longest body where an endpoint reads it whole; a decision's note has at most 1,000
/// characters.
pub(super) const MAX_BODY_BYTES: usize = 16 * 1024;

/// Where the document is served.
const OPENAPI_PATH: &str = "/admin/openapi.json";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Postern admin API",
        description = "Reads and decides what the command line of Postern can. Each request carries \
                       a token made by `postern admin token`; the role it needs at least is what \
                       `security` names: viewer, reviewer or admin. Lists come in pages: send \
                       `next` as `cursor` until it is null. Times are RFC 3339 in UTC. Whatever goes wrong is \
                       an RFC 9457 problem."
    ),
    components(schemas(ProblemBody)),
    security(("token" = ["viewer"])),
)]
struct Document;

fn documented() -> OpenApiRouter<Arc<Admin>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(partners::list))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::one))
        .routes(routes!(conversions::list))
        .routes(routes!(conversions::one))
        .routes(routes!(clicks::import))
        .routes(routes!(clicks::imports::list))
        .routes(routes!(explain::one))
        .routes(routes!(flags::list))
        .routes(routes!(preview::one))
        .routes(routes!(preview::undo))
        .routes(routes!(decisions::list, decisions::decide))
        .routes(routes!(reports::funnel))
        .routes(routes!(reports::payouts))
        .routes(routes!(reports::sources))
        .routes(routes!(exports::stream))
        .routes(routes!(retention::show, retention::prune))
}

/// The OpenAPI document of all routes.
#[must_use]
pub fn openapi() -> OpenApi {
    with_token_scheme(documented().into_openapi())
}

pub(super) fn routes(admin: Arc<Admin>) -> Router {
    let (router, document) = documented().split_for_parts();
    let text: Arc<str> = with_token_scheme(document)
        .to_pretty_json()
        .unwrap_or_default() // strings and maps always have a JSON form
        .into();
    let serve = move |_: Query<Nothing>| std::future::ready(json_text(&text));
    router
        .route(OPENAPI_PATH, routing::get(serve))
        .fallback(no_such_path)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(admin.clone(), access::guard))
        .with_state(admin.clone())
        // Its own guard asks who is there: a browser has a cookie, no token.
        .merge(console::routes(admin))
}

fn with_token_scheme(mut document: OpenApi) -> OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    document
}

fn json_text(text: &Arc<str>) -> Response {
    ([(CONTENT_TYPE, "application/json")], text.to_string()).into_response()
}

async fn no_such_path(State(_): State<Arc<Admin>>) -> Problem {
    Problem::new(
        Kind::NoSuchPath,
        format!("{OPENAPI_PATH} lists all endpoints"),
    )
}

async fn method_not_allowed(State(_): State<Arc<Admin>>) -> Problem {
    Problem::new(
        Kind::MethodNotAllowed,
        "`Allow` says which methods the endpoint takes",
    )
}

/// A panic is a defect: the log names it. A decision is one transaction, so nothing is half done.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(
        panic = text.unwrap_or("no text"),
        "an admin handler panicked"
    );
    let detail = "the backend's log has the cause; please report it";
    Problem::new(Kind::Internal, detail).into_response()
}
