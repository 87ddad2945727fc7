//! All pages.

use std::any::Any;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;

use super::failure::Failed;
use super::now::{Feed, Watch};
use super::page::Area;
use super::session::{Sessions, login};
use super::{
    Console, account, assets, audit, deliveries, form, guard, now, partners, reports, review,
    shortcuts, theme,
};
use crate::admin::Admin;

/// Where the console begins.
pub(super) const HOME: &str = "/console";

/// The routes under `/console`, and `/`, which leads there.
pub(crate) fn routes(admin: Arc<Admin>) -> Router {
    let console = Arc::new(Console {
        admin,
        sessions: Sessions::default(),
        feed: Feed::default(),
        watch: Watch::default(),
    });
    Router::new()
        .route("/", get(home))
        .route(HOME, get(home))
        .route("/console/", get(home))
        .route(login::PATH, get(login::show_login).post(login::enter))
        .route("/console/logout", post(login::leave))
        .route("/console/theme", post(theme::choose))
        .route(shortcuts::PATH, post(shortcuts::choose))
        .route("/console/assets/{name}", get(assets::one))
        .route(now::PATH, get(now::show))
        .route(now::FEED_PATH, get(now::stream))
        .route(deliveries::PATH, get(deliveries::list))
        .route("/console/deliveries/{id}", get(deliveries::one))
        .merge(review_and_partners())
        .merge(reports::routes())
        .route(account::PATH, get(account::show))
        .route(account::PEOPLE_PATH, get(account::people))
        .route("/console/{*rest}", get(no_such_page).post(no_such_page))
        .method_not_allowed_fallback(no_such_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(
            console.clone(),
            guard::guard,
        ))
        .layer(DefaultBodyLimit::max(form::MAX_FORM_BYTES))
        .with_state(console)
}

/// What is decided, and whom it is about.
fn review_and_partners() -> Router<Arc<Console>> {
    Router::new()
        .route(review::PATH, get(review::queue::show))
        .route(
            review::FLAG_PATH,
            get(review::case::show).post(review::decide::decide),
        )
        .route(audit::PATH, get(audit::show))
        .route(partners::PATH, get(partners::list::show))
        .route(partners::ONE_PATH, get(partners::one::show))
        .route(partners::ONBOARDING_PATH, get(partners::onboarding::show))
        .route(
            partners::DOCTOR_PATH,
            get(partners::doctor::show).post(partners::doctor::look),
        )
}

/// The first area.
async fn home() -> Redirect {
    Redirect::to(Area::ALL[0].path())
}

async fn no_such_page() -> Failed {
    Failed::NoSuchPage
}

async fn no_such_method() -> Failed {
    Failed::NoSuchMethod
}

/// A panic is a defect: the log names it, under the request's id.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("no text"), "a console page panicked");
    Failed::Internal.into_response()
}
