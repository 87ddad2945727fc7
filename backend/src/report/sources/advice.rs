//! What to do with a source, and why.

use serde::Serialize;
use utoipa::ToSchema;

use super::Roi;
use crate::report::sheet::Ratio;

/// What recommendations go by; `[sources]` in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Thresholds {
    /// Clicks with a known cost, below which nothing is recommended.
    pub min_clicks: u32,
    /// ROI in percent that a source hardly misses if more is to be spent on it.
    pub scale_roi_percent: i32,
    /// ROI in percent that a source hardly exceeds if nothing more is to be spent on it. Below
    /// the former.
    pub cut_roi_percent: i32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_clicks: 200,
            scale_roi_percent: 20,
            cut_roi_percent: 0,
        }
    }
}

/// What to do with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// Spend more.
    Scale,
    /// Spend as much as now.
    Hold,
    /// Spend nothing more.
    Cut,
    /// Not enough is known.
    TooEarly,
}

impl Recommendation {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::Hold => "hold",
            Self::Cut => "cut",
            Self::TooEarly => "too_early",
        }
    }
}

/// A recommendation with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Advice {
    /// What to do.
    pub recommendation: Recommendation,
    /// Why, in plain words.
    pub reason: String,
}

impl Advice {
    /// The advice for a source with so many clicks of known cost.
    pub(super) fn of(clicks: u64, roi: Result<&Roi, &String>, thresholds: &Thresholds) -> Self {
        let min = u64::from(thresholds.min_clicks);
        let say = |recommendation, reason| Self {
            recommendation,
            reason,
        };
        match roi {
            Ok(_) if clicks < min => say(
                Recommendation::TooEarly,
                format!("{clicks} clicks with a known cost; it takes {min}"),
            ),
            Ok(roi) => by_interval(roi, thresholds),
            // Without ROI there is no telling: whatever is done now goes on.
            Err(why) if clicks >= min => say(Recommendation::Hold, why.clone()),
            Err(why) => say(Recommendation::TooEarly, why.clone()),
        }
    }
}

fn by_interval(roi: &Roi, thresholds: &Thresholds) -> Advice {
    let (scale, cut) = (thresholds.scale_roi_percent, thresholds.cut_roi_percent);
    let percent = |ratio: Ratio| ratio.value().unwrap_or_default() * 100.0;
    let (low, high) = (percent(roi.interval.low), percent(roi.interval.high));
    let (above, below) = (f64::from(scale), f64::from(cut));
    let (recommendation, reason) = if low >= above {
        (
            Recommendation::Scale,
            format!("ROI is hardly below {low:.1} %; {scale} % is asked for"),
        )
    } else if high <= below {
        (
            Recommendation::Cut,
            format!("ROI is hardly above {high:.1} %; more than {cut} % is asked for"),
        )
    } else if low < below && high > above {
        (
            Recommendation::TooEarly,
            format!("ROI may be {low:.1} % as well as {high:.1} %: it takes more clicks"),
        )
    } else {
        (
            Recommendation::Hold,
            format!("ROI is between {low:.1} % and {high:.1} %"),
        )
    };
    Advice {
        recommendation,
        reason,
    }
}
