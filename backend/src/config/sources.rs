//! `[sources]`: what recommendations about sources go by.

use std::ops::RangeInclusive;

use crate::fields::Fields;
use crate::report::sources::Thresholds;

/// Who waits for more clicks never hears anything.
const SOURCES_MIN_CLICKS_MAX: u32 = 1_000_000;
/// From all is lost to a hundred times the cost.
const SOURCES_ROI_PERCENT: RangeInclusive<i32> = -100..=10_000;

pub(super) fn read(fields: &mut Fields) -> Thresholds {
    let otherwise = Thresholds::default();
    let percent = |value: &toml::Value| {
        let number = value.as_integer().and_then(|n| i32::try_from(n).ok());
        number
            .filter(|n| SOURCES_ROI_PERCENT.contains(n))
            .ok_or_else(|| {
                format!(
                    "must be a whole number of percent from {} to {}",
                    SOURCES_ROI_PERCENT.start(),
                    SOURCES_ROI_PERCENT.end()
                )
            })
    };
    let min_clicks = fields.whole("min_clicks", 1..=SOURCES_MIN_CLICKS_MAX);
    let scale = fields.value("scale_roi_percent", percent);
    let cut = fields.value("cut_roi_percent", percent);
    let thresholds = Thresholds {
        min_clicks: min_clicks.unwrap_or(otherwise.min_clicks),
        scale_roi_percent: scale.unwrap_or(otherwise.scale_roi_percent),
        cut_roi_percent: cut.unwrap_or(otherwise.cut_roi_percent),
    };
    if thresholds.cut_roi_percent > thresholds.scale_roi_percent {
        let Thresholds {
            scale_roi_percent, ..
        } = thresholds;
        fields.wrong(
            "cut_roi_percent",
            format!("must not be above scale_roi_percent, which is {scale_roi_percent}"),
        );
    }
    thresholds
}
