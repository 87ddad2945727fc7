//! `/console/deliveries`: the delivery log, searched, and each delivery's whole story.

mod list;
mod one;

pub(super) use list::{PATH, Row, show as list};
pub(super) use one::show as one;

use uuid::Uuid;

/// Where a delivery's story is told, or that of the conversion it opened.
pub(super) fn path_of(id: Uuid) -> String {
    format!("{PATH}/{id}")
}
