//! Pictures of reports: pure functions from figures to the shapes of an SVG, which templates under
//! `templates/chart/` write.
//!
//! Nothing speaks by a picture alone: each has a title and a description for who cannot see it, and
//! stands beside the figures it was made of. Colours are classes of the style sheet, so a picture
//! fits both themes; there is no style in it.

mod funnel;
mod interval;
mod scale;

use askama::Template;
use askama::filters::Safe;

pub(super) use funnel::FunnelPicture;
pub(super) use interval::{Bounds, IntervalScale};

/// A picture as a page holds it: its own template has escaped what is in it.
fn drawn(picture: &impl Template) -> Safe<String> {
    let svg = picture.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a picture cannot be made");
        String::new()
    });
    Safe(svg)
}
