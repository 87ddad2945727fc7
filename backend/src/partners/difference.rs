//! What an `apply` would change, in words, without secrets.

use std::fmt;

use super::applied::Applied;
use super::view::{self, ALL, Line, View};

/// Labels are padded to this width so that values stand under each other.
const LABEL_CHARS: usize = 12;

/// All that changes between two states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference(Vec<Change>);

/// What becomes of one partner, or of the limits for all.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    sign: char,
    title: String,
    lines: Vec<(String, String)>,
}

impl Difference {
    /// The difference between two pairs of filter configuration and backend part. An old
    /// configuration that cannot be read counts as nothing applied.
    #[must_use]
    pub fn between(old: Option<(&str, &Applied)>, new: (&str, &Applied)) -> Self {
        let old = old
            .and_then(|(edge, backend)| view::of(edge, backend))
            .unwrap_or_default();
        let new = view::of(new.0, new.1).unwrap_or_default();
        let gone = old
            .iter()
            .filter(|(id, _)| !new.contains_key(*id))
            .map(|(id, _)| removed(id));
        let there = new
            .iter()
            .filter_map(|(id, lines)| added_or_changed(id, &old, lines));
        Self(gone.chain(there).collect())
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn title(id: &str) -> String {
    if id == ALL {
        "all partners".to_owned()
    } else {
        format!("partner {id}")
    }
}

fn removed(id: &str) -> Change {
    Change {
        sign: '-',
        title: title(id),
        lines: Vec::new(),
    }
}

fn added_or_changed(id: &str, old: &View, new: &[Line]) -> Option<Change> {
    let Some(old) = old.get(id) else {
        let lines = new
            .iter()
            .map(|line| (line.label.clone(), line.shown.clone()))
            .collect();
        return Some(Change {
            sign: '+',
            title: title(id),
            lines,
        });
    };
    let find = |lines: &[Line], label: &str| lines.iter().find(|line| line.label == label).cloned();
    let gone = old.iter().filter(|line| find(new, &line.label).is_none());
    let mut lines: Vec<_> = gone
        .map(|line| (line.label.clone(), "removed".to_owned()))
        .collect();
    for line in new {
        let words = match find(old, &line.label) {
            None => format!("added, {}", line.shown),
            Some(old) => match changed(&old, line) {
                Some(words) => words,
                None => continue,
            },
        };
        lines.push((line.label.clone(), words));
    }
    (!lines.is_empty()).then(|| Change {
        sign: '~',
        title: title(id),
        lines,
    })
}

fn changed(old: &Line, new: &Line) -> Option<String> {
    let shown = (old.shown != new.shown).then(|| format!("{} → {}", old.shown, new.shown));
    let hidden = (old.hidden != new.hidden).then(|| "secret changed".to_owned());
    match (shown, hidden) {
        (None, None) => None,
        (Some(words), None) | (None, Some(words)) => Some(words),
        (Some(shown), Some(hidden)) => Some(format!("{shown}; {hidden}")),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.0 {
            writeln!(f, "{} {}", change.sign, change.title)?;
            for (label, words) in &change.lines {
                writeln!(f, "    {label:LABEL_CHARS$} {words}")?;
            }
        }
        Ok(())
    }
}
