//! The page that a partner keeps of a run and shows to the operator.

use askama::Template;

use super::SuiteTold;

/// One file, with nothing to be fetched: it looks the same wherever it is opened, and on paper.
#[derive(Template)]
#[template(path = "certificate.html")]
struct Certificate<'s> {
    told: &'s SuiteTold,
}

/// The page, as HTML. All that comes from outside is escaped.
///
/// # Errors
/// The template's own; none of its parts can fail.
pub fn certificate(told: &SuiteTold) -> Result<String, askama::Error> {
    Certificate { told }.render()
}
