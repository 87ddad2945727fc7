//! `[console]`: how the console is set up.

use reqwest::Url;

use crate::console::{ConsoleSettings, SilenceSettings};
use crate::fields::{Fields, as_text};

/// A week: who is silent for longer is missed otherwise.
const SILENT_HOURS_MAX: u32 = 168;
/// Nobody counts further to see whether a partner posts often.
const SILENT_PER_DAY_MAX: u32 = 100_000;

pub(super) fn read(fields: &mut Fields) -> ConsoleSettings {
    let otherwise = SilenceSettings::default();
    let trust_forwarded_proto = fields.value("trust_forwarded_proto", |value| {
        value
            .as_bool()
            .ok_or_else(|| "must be true or false".to_owned())
    });
    let hours = fields.whole("silent_hours", 1..=SILENT_HOURS_MAX);
    let per_day = fields.whole("silent_per_day", 0..=SILENT_PER_DAY_MAX);
    ConsoleSettings {
        trust_forwarded_proto: trust_forwarded_proto.unwrap_or(false),
        envoy: fields
            .list("envoy", |value| envoy(as_text(value)?))
            .unwrap_or_default(),
        silence: SilenceSettings {
            hours: hours.unwrap_or(otherwise.hours),
            per_day: per_day.unwrap_or(otherwise.per_day),
        },
    }
}

/// An address without a path: the paths are ours.
fn envoy(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    let is_plain = |url: &Url| {
        url.scheme() == "http"
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    url.filter(is_plain).ok_or_else(|| {
        format!("must be the address of Envoy's admin page, as http://127.0.0.1:9901, not {text:?}")
    })
}
