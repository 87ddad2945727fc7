//! What became of a delivery, and how its partner is told.

use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

use super::json;

/// What became of a delivery whose signature was good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Booked.
    Accepted,
    /// The same as an earlier one; booked once.
    Duplicate,
    /// It changed the state of a known conversion.
    Updated,
    /// Recorded, and a person has to look at it.
    Flagged,
    /// Recorded, not booked: it holds something nobody should guess.
    Quarantined,
    /// Recorded, not booked: its fields are not valid.
    Invalid,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Updated,
        Self::Flagged,
        Self::Quarantined,
        Self::Invalid,
    ];

    /// The name in answers and in the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Updated => "updated",
            Self::Flagged => "flagged",
            Self::Quarantined => "quarantined",
            Self::Invalid => "invalid",
        }
    }

    /// Reads a name as [`Verdict::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The answer to a delivery that is recorded, with status 200.
#[derive(Debug, Clone)]
pub struct Acceptance<'a> {
    /// What became of it.
    pub result: Verdict,
    /// The delivery's id.
    pub id: &'a str,
    /// For a duplicate, what became of the first.
    pub first_result: Option<Verdict>,
    /// For a flagged one, why.
    pub flags: &'a [String],
    /// What the partner should know, in plain words.
    pub warnings: &'a [String],
    /// For a test, how it would appear, as a JSON object.
    pub test: Option<&'a RawValue>,
}

/// A delivery that is recorded.
#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Acceptance")
)]
pub(crate) struct AcceptanceBody<'a> {
    /// Always true.
    ok: bool,
    /// What became of it.
    result: Verdict,
    /// The delivery's id; of a duplicate, the first one's.
    id: &'a str,
    /// Of a duplicate: what became of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_result: Option<Verdict>,
    /// Of a flagged one: why a person looks at it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flags: &'a [String],
    /// What the sender should know, in plain words.
    warnings: &'a [String],
    /// Of a test: how it would appear, were it live.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<&'a RawValue>,
}

impl Acceptance<'_> {
    /// The body as JSON. `flags`, `first_result` and `test` are left out when there are none.
    #[must_use]
    pub fn body(&self) -> String {
        json(&AcceptanceBody {
            ok: true,
            result: self.result,
            id: self.id,
            first_result: self.first_result,
            flags: self.flags,
            warnings: self.warnings,
            test: self.test,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_accepted_delivery_is_told_its_id_and_warnings() {
        let body = Acceptance {
            result: Verdict::Accepted,
            id: "d-1",
            first_result: None,
            flags: &[],
            warnings: &["`foo` is not known".to_owned()],
            test: None,
        };
        assert_eq!(
            body.body(),
            r#"{"ok":true,"result":"accepted","id":"d-1","warnings":["`foo` is not known"]}"#
        );
    }

    #[test]
    fn a_duplicate_is_told_what_became_of_the_first() {
        let body = Acceptance {
            result: Verdict::Duplicate,
            id: "d-2",
            first_result: Some(Verdict::Flagged),
            flags: &["unknown_click".to_owned()],
            warnings: &[],
            test: None,
        };
        assert_eq!(
            body.body(),
            r#"{"ok":true,"result":"duplicate","id":"d-2","first_result":"flagged","flags":["unknown_click"],"warnings":[]}"#
        );
    }

    #[test]
    fn a_test_is_told_how_it_would_appear() {
        let outlook = RawValue::from_string(r#"{"earns":[]}"#.to_owned()).unwrap();
        let body = Acceptance {
            result: Verdict::Accepted,
            id: "d-1",
            first_result: None,
            flags: &[],
            warnings: &[],
            test: Some(&outlook),
        };
        assert_eq!(
            body.body(),
            r#"{"ok":true,"result":"accepted","id":"d-1","warnings":[],"test":{"earns":[]}}"#
        );
    }

    #[test]
    fn every_verdict_reads_its_own_name() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.name()), Some(verdict));
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(json, format!("\"{verdict}\""));
        }
        assert_eq!(Verdict::parse("Accepted"), None);
    }
}
