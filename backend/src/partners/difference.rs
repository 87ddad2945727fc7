//! What an `apply` would change, in words, without secrets.

use std::fmt;

use super::view::{self, ALL, Line, View};
use crate::agreement::Agreements;

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
    pub fn between(old: Option<(&str, &Agreements)>, new: (&str, &Agreements)) -> Self {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use postern_protocol::proof::ProofToken;

    use super::Difference;
    use crate::agreement::Agreements;
    use crate::partners::{PartnersFile, Sources, applied, edge};

    const EAST: &str = "[[partner]]\nid = \"east\"\nnetworks = [\"127.0.0.1\"]\nrate_per_second = 5\n\
                        burst = 10\namount_unit = \"major\"\n\
                        secrets = [{ id = \"k1\", secret = \"hidden-one\" }]\n";

    /// The filter's configuration and the backend's part of a file of partners.
    fn rendered(text: &str) -> (String, Agreements) {
        let sources = Sources {
            folder: Path::new("/nowhere"),
            environment: &|_| None,
        };
        let file = PartnersFile::parse(text, &sources).expect("good");
        let token = ProofToken::parse(&"t".repeat(32)).expect("a token");
        (
            edge::configuration(&file, &token).expect("good"),
            applied::of(&file),
        )
    }

    fn between(old: &str, new: &str) -> Difference {
        let ((old, old_backend), (new, new_backend)) = (rendered(old), rendered(new));
        Difference::between(Some((&old, &old_backend)), (&new, &new_backend))
    }

    #[test]
    fn the_same_file_changes_nothing() {
        assert!(between(EAST, EAST).is_empty());
    }

    #[test]
    fn a_first_apply_shows_everything_but_secrets() {
        let (edge, backend) = rendered(EAST);
        let difference = Difference::between(None, (&edge, &backend)).to_string();
        insta::assert_snapshot!(difference);
        assert!(!difference.contains("hidden"), "{difference}");
    }

    #[test]
    fn each_change_is_told_by_partner() {
        let new = EAST
            .replace("127.0.0.1", "10.0.0.0/8")
            .replace("rate_per_second = 5", "rate_per_second = 7")
            .replace("major", "minor")
            .replace("hidden-one", "hidden-two")
            .replace(
                "}]",
                "}, { id = \"k2\", secret = \"hidden-new\", not_after = \"2026-02-01\" }]",
            );
        let new = format!(
            "[edge]\nreplicas = 2\n{new}{}",
            EAST.replace("east", "north")
        );
        let old = format!("{EAST}{}", EAST.replace("east", "west"));
        let difference = between(&old, &new).to_string();
        insta::assert_snapshot!(difference);
        assert!(!difference.contains("hidden"), "{difference}");
    }
}
