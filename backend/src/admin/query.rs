//! The parameters of a request, read one by one.
//!
//! Each is taken once; what is wrong is noted and reading goes on, so that one answer names every
//! mistake. What nobody took is unknown, and a mistake as well: a misspelt filter must not widen
//! what is shown.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use postern_protocol::mistakes::Mistakes;

use super::Admin;
use super::problem::Problem;

/// What an endpoint can be asked, read from a query.
pub(crate) trait FromQuery: Sized {
    /// Takes every parameter the endpoint knows; `None` only after a mistake was noted.
    fn read(query: &mut Parameters<'_>) -> Option<Self>;
}

/// The parameters of a request that knows them all.
pub(super) struct Query<T>(pub(super) T);

impl<T: FromQuery> FromRequestParts<Arc<Admin>> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Admin>) -> Result<Self, Problem> {
        let mut query = Parameters::of(parts.uri.path(), parts.uri.query().unwrap_or_default());
        let read = T::read(&mut query);
        let read = query.finish(read);
        read.map(Self)
            .map_err(|mistakes| Problem::invalid(&mistakes))
    }
}

/// A query while it is read.
pub(crate) struct Parameters<'q> {
    path: &'q str,
    given: Vec<(Cow<'q, str>, Cow<'q, str>)>,
    taken: Vec<bool>,
    known: Vec<&'static str>,
    mistakes: Mistakes,
}

impl<'q> Parameters<'q> {
    pub(crate) fn of(path: &'q str, query: &'q str) -> Self {
        let given: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        Self {
            path,
            taken: vec![false; given.len()],
            given,
            known: Vec::new(),
            mistakes: Mistakes::default(),
        }
    }

    /// The same for what a form has sent: its empty fields ask for nothing.
    pub(crate) fn of_form(path: &'q str, query: &'q str) -> Self {
        let mut read = Self::of(path, query);
        read.given.retain(|(_, value)| !value.is_empty());
        read.taken.truncate(read.given.len());
        read
    }

    /// A parameter, checked by `read`; `None` when it is missing or wrong.
    pub(crate) fn take<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.known.push(name);
        let mut text = None;
        for ((key, value), taken) in self.given.iter().zip(&mut self.taken) {
            if key == name {
                *taken = true;
                if text.replace(value).is_some() {
                    self.mistakes.add(name, "is given twice");
                    return None;
                }
            }
        }
        match read(text?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.mistakes.add(name, message);
                None
            }
        }
    }

    /// Notes what is wrong with a parameter.
    pub(crate) fn wrong(&mut self, name: &str, message: impl Into<String>) {
        self.mistakes.add(name, message);
    }

    /// The path, and each pair but those of `except`: what a cursor belongs to.
    pub(crate) fn scope(&self, except: &[&str]) -> String {
        let mut pairs: Vec<_> = self.given.iter().collect();
        pairs.retain(|(name, _)| !except.contains(&name.as_ref()));
        pairs.sort();
        format!("{}?{pairs:?}", self.path)
    }

    /// What was read, if nothing is wrong and nothing is left over.
    pub(crate) fn finish<T>(mut self, read: Option<T>) -> Result<T, Mistakes> {
        for ((name, _), taken) in self.given.iter().zip(&self.taken) {
            if !taken {
                let known = if self.known.is_empty() {
                    "is not known here: this takes no parameters".to_owned()
                } else {
                    format!("is not known here; known are {}", self.known.join(", "))
                };
                self.mistakes.add(name.as_ref(), known);
            }
        }
        self.mistakes.unless_any(read)
    }
}

/// An endpoint that takes no parameters.
pub(crate) struct Nothing;

impl FromQuery for Nothing {
    fn read(_: &mut Parameters<'_>) -> Option<Self> {
        Some(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Result<u32, String> {
        text.parse().map_err(|_| "must be a number".to_owned())
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let mut query = Parameters::of("/x", "a=1&b=no&c=1&c=2&colour=red&%FF=1");
        assert_eq!(query.take("a", number), Some(1));
        assert_eq!(query.take("b", number), None);
        assert_eq!(query.take("c", number), None);
        assert_eq!(query.take("missing", number), None);
        let problem = query.finish(Some(())).expect_err("full of mistakes");
        insta::assert_debug_snapshot!(Problem::invalid(&problem));
    }

    #[test]
    fn a_forms_empty_fields_ask_for_nothing() {
        let mut query = Parameters::of_form("/x", "a=&b=2&c=");
        assert_eq!(query.take("a", number), None);
        assert_eq!(query.take("b", number), Some(2));
        let left = query.finish(Some(())).map_err(|it| it.to_string());
        assert_eq!(left, Ok(()), "c is not told, so it is no mistake");
    }

    #[test]
    fn the_scope_is_the_filters_in_any_order() {
        let scope = |query| Parameters::of("/x", query).scope(&["cursor"]);
        assert_eq!(scope("a=1&b=2&cursor=x"), scope("b=2&a=1"));
        assert_ne!(scope("a=1"), scope("a=2"));
        assert_ne!(scope("a=1&b=2"), scope("a=1%26b%3D2"));
    }
}
