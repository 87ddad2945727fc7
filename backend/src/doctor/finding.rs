//! What was found.

use std::fmt::{self, Write as _};

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Good,
    /// It works, but not for long, or it could not be looked at.
    Doubtful,
    /// It does not work, or is not safe.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, in a word that stays the same.
    pub check: &'static str,
    /// How it is.
    pub level: Level,
    /// What was seen, in plain words.
    pub said: String,
    /// What to do about it; `None` where it is good.
    pub advice: Option<String>,
}

/// All of it, in the order in which it was looked at.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn good(&mut self, check: &'static str, said: impl Into<String>) {
        self.add(check, Level::Good, said.into(), None);
    }

    pub(super) fn doubtful(
        &mut self,
        check: &'static str,
        said: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.add(check, Level::Doubtful, said.into(), Some(advice.into()));
    }

    pub(super) fn broken(
        &mut self,
        check: &'static str,
        said: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.add(check, Level::Broken, said.into(), Some(advice.into()));
    }

    fn add(&mut self, check: &'static str, level: Level, said: String, advice: Option<String>) {
        self.0.push(Finding {
            check,
            level,
            said,
            advice,
        });
    }

    /// All of it.
    #[must_use]
    pub fn list(&self) -> &[Finding] {
        &self.0
    }

    /// Whether nothing is broken.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.0.iter().all(|it| it.level < Level::Broken)
    }

    /// For machines: `{"ok", "version", "checks": [{"check", "level", "said", "advice"}]}`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "ok": self.is_sound(),
            "version": env!("CARGO_PKG_VERSION"),
            "checks": self.0,
        })
    }
}

/// For people: a line for each thing, and what to do below it.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            let sign = match finding.level {
                Level::Good => '✓',
                Level::Doubtful => '!',
                Level::Broken => '✗',
            };
            let said = finding.said.trim_end().replace('\n', "\n    ");
            writeln!(f, "{sign} {}: {said}", finding.check)?;
            if let Some(advice) = &finding.advice {
                writeln!(f, "    → {advice}")?;
            }
        }
        let count = |level| self.0.iter().filter(|it| it.level == level).count();
        let mut last = match count(Level::Broken) {
            0 => "in order".to_owned(),
            1 => "1 thing is broken".to_owned(),
            more => format!("{more} things are broken"),
        };
        match count(Level::Doubtful) {
            0 => {}
            doubtful => write!(last, ", {doubtful} to look at")?,
        }
        f.write_str(&last)
    }
}
