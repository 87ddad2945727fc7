//! What a page is asked for: read as the admin API reads it, but that a form sends its empty fields
//! too, which ask for nothing.

use std::sync::Arc;

use askama::filters::Safe;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use postern_protocol::mistakes::Mistakes;

use super::Console;
use super::failure::Failed;
use super::text;
use crate::admin::query::{FromQuery, Parameters};

/// The parameters of a page that knows them all.
pub(super) struct Query<T>(pub(super) T);

/// The same, for a page that shows mistakes beside its own form.
pub(super) struct Asked<T> {
    pub(super) read: Result<T, Mistakes>,
    /// What was given, but for empty fields.
    pub(super) given: Given,
}

/// The parameters as they were sent: a form shows again what was asked.
#[derive(Clone, Default)]
pub(super) struct Given {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Given {
    fn of(path: &str, query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self {
            path: path.to_owned(),
            pairs: pairs.filter(|(_, value)| !value.is_empty()).collect(),
        }
    }

    /// A parameter's text; empty where it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(given, _)| given == name);
        found.map_or("", |(_, value)| value)
    }

    /// The same, as the value of a field.
    pub(super) fn value(&self, name: &str) -> Safe<String> {
        text::exact(self.text(name))
    }

    /// Whether a choice is the one that was sent.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.text(name) == value
    }

    /// This page, asked the same but for one parameter.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let others = self.pairs.iter().filter(|(given, _)| given != name);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others);
        if !value.is_empty() {
            query.append_pair(name, value);
        }
        let query = query.finish();
        match query.is_empty() {
            true => self.path.clone(),
            false => format!("{}?{query}", self.path),
        }
    }
}

impl<T: FromQuery> FromRequestParts<Arc<Console>> for Query<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Console>) -> Result<Self, Failed> {
        read(parts).map(Self).map_err(|it| Failed::invalid(&it))
    }
}

impl<T: FromQuery> FromRequestParts<Arc<Console>> for Asked<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Console>) -> Result<Self, Failed> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self {
            read: read(parts),
            given: Given::of(parts.uri.path(), query),
        })
    }
}

fn read<T: FromQuery>(parts: &Parts) -> Result<T, Mistakes> {
    let text = parts.uri.query().unwrap_or_default();
    let mut query = Parameters::of_form(parts.uri.path(), text);
    let read = T::read(&mut query);
    query.finish(read)
}
