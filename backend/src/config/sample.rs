//! The sample that `postern sample` prints: each key with its default and its reason.

/// A `postern.toml` that says every default.
pub const SAMPLE: &str = include_str!("sample.toml");
