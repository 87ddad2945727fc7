//! The console: the admin API's work for people, as pages in a browser, on the same listener.
//!
//! One request's way through this module:
//!
//! 1. [`guard`] asks whether it was meant for us, who is logged in, and whether a form is ours; it
//!    gives every answer its security headers. No page can forget any of it.
//! 2. `router` names its page.
//! 3. The page reads its parameters ([`query`], [`form`]), asks the store or a pure report, and
//!    gives a view: an askama template in `templates/`. It decides nothing of its own.
//! 4. Whatever goes wrong is a [`failure`], shown as a page inside the same layout.
//!
//! **A page to add**: a folder here with its handler and its view; a template that extends
//! `layout.html` and has a field `page` ([`page::Page`], from [`session::Session::page`]); an
//! [`page::Area`] for the navigation; a line in `router`. The words of the style sheet stand at its
//! top, in `assets/console.css`. All pages work without JavaScript: a form is a GET, or a POST that
//! ends in a redirect ([`page::see_other`]).
//!
//! **What strangers wrote** is escaped wherever a template shows it, and what cannot be seen in it is
//! made visible ([`text`]). It belongs into `<bdi>`, or into a `<pre class="raw">`.

mod router;
mod guard;
mod visit;
mod session;
mod theme;
mod shortcuts;
mod query;
mod form;
mod page;
mod failure;
pub(crate) mod text;
mod chip;
mod assets;
mod now;
mod deliveries;
mod review;
mod audit;
mod partners;
mod words;
mod silence;
mod reports;
mod chart;
mod account;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use reqwest::Url;

pub(crate) use router::routes;
pub use silence::SilenceSettings;

use crate::admin::Admin;
use now::{Feed, Watch};
use session::Sessions;

/// What every page sees.
struct Console {
    /// What the admin API sees: store, partners, tokens, clock.
    admin: Arc<Admin>,
    sessions: Sessions,
    /// What comes in, for who watches.
    feed: Feed,
    /// The figures beside it.
    watch: Watch,
}

/// How the console is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Whether `X-Forwarded-Proto` is believed: only where something that sets it stands before us.
    pub trust_forwarded_proto: bool,
    /// The admin pages of the gates' Envoys: what was refused is asked of them.
    pub envoy: Vec<Url>,
    /// When a partner counts as silent.
    pub silence: SilenceSettings,
}
