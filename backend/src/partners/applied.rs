//! The backend's part of `partners.toml`, as `partners apply` last wrote it: the agreements.
//!
//! It holds no secrets and no networks: those are the edge's business.

use std::path::Path;

use postern_protocol::id::PartnerId;
use postern_protocol::money::AmountUnit;
use serde::{Deserialize, Serialize};

use super::file::PartnersFile;
use crate::agreement::{
    ATTRIBUTION_DAYS_DEFAULT, Agreement, Agreements, DAY_SECONDS, MAX_ATTRIBUTION_DAYS, Terms,
    TermsShape,
};
use crate::files;

/// Why the applied part cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AppliedError {
    /// It is there but cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// It was changed by hand or half copied.
    #[error("{path} is not what `postern partners apply` writes: {cause}; run it again")]
    Damaged {
        /// The file.
        path: String,
        /// Where and why.
        cause: String,
    },
}

/// The file's shape.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    partners: Vec<PartnerShape>,
}

/// What has a default was not there in files of earlier versions.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnerShape {
    id: String,
    brand: Option<String>,
    amount_unit: AmountUnit,
    #[serde(default = "usual_days")]
    attribution_days: u32,
    #[serde(default)]
    terms: Vec<TermsShape>,
}

const fn usual_days() -> u32 {
    ATTRIBUTION_DAYS_DEFAULT
}

/// The backend's part of `file`.
#[must_use]
pub fn of(file: &PartnersFile) -> Agreements {
    let agreements = file.partners.iter();
    agreements
        .map(|partner| (partner.id.clone(), partner.agreement.clone()))
        .collect()
}

/// Reads what was applied, `None` when nothing was yet.
///
/// # Errors
/// When the file cannot be read or is damaged.
pub fn load(path: &Path) -> Result<Option<Agreements>, AppliedError> {
    let Some(text) = files::read_if_there(path)? else {
        return Ok(None);
    };
    parse(&text)
        .map(Some)
        .map_err(|cause| AppliedError::Damaged {
            path: path.display().to_string(),
            cause,
        })
}

fn parse(text: &str) -> Result<Agreements, String> {
    let shape: Shape = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let entries = shape.partners.into_iter();
    entries.map(PartnerShape::into_entry).collect()
}

/// The file's text.
#[must_use]
pub fn to_json(agreements: &Agreements) -> String {
    let entries = agreements.iter();
    let shape = Shape {
        partners: entries
            .map(|(id, agreement)| PartnerShape::of(id, agreement))
            .collect(),
    };
    // Texts and numbers always have a JSON form.
    let mut text = serde_json::to_string_pretty(&shape).unwrap_or_default();
    text.push('\n');
    text
}

impl PartnerShape {
    fn into_entry(self) -> Result<(PartnerId, Agreement), String> {
        let id = PartnerId::parse(&self.id).map_err(|cause| format!("an id {cause}"))?;
        if !(1..=MAX_ATTRIBUTION_DAYS).contains(&self.attribution_days) {
            return Err(format!("attribution_days of {id} is out of its bounds"));
        }
        let terms: Result<Vec<Terms>, _> = self
            .terms
            .iter()
            .map(|shape| shape.rules().map(Terms::new))
            .collect();
        let terms = terms.map_err(|cause| format!("of partner {id} {cause}"))?;
        if !terms.is_sorted_by(|one, next| one.from < next.from) {
            return Err(format!(
                "the terms of {id} are not in the order of their days"
            ));
        }
        let agreement = Agreement {
            brand: self.brand,
            amount_unit: self.amount_unit,
            attribution_seconds: i64::from(self.attribution_days) * DAY_SECONDS,
            terms,
        };
        Ok((id, agreement))
    }

    fn of(id: &PartnerId, agreement: &Agreement) -> Self {
        let days = u32::try_from(agreement.attribution_days());
        Self {
            id: id.to_string(),
            brand: agreement.brand.clone(),
            amount_unit: agreement.amount_unit,
            // It was made of a number of days that fits.
            attribution_days: days.unwrap_or(MAX_ATTRIBUTION_DAYS),
            terms: agreement
                .terms
                .iter()
                .map(|it| TermsShape::of(it))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::id::PartnerId;
    use postern_protocol::money::AmountUnit;
    use postern_protocol::time::UnixSeconds;

    use super::{parse, to_json};
    use crate::agreement::{Agreement, Agreements, Rules, Terms};

    fn acme() -> PartnerId {
        PartnerId::parse("acme").expect("an id")
    }

    #[test]
    fn agreements_read_back_whole() {
        let agreement = Agreement {
            brand: Some("Acme".to_owned()),
            amount_unit: AmountUnit::Minor,
            attribution_seconds: 30 * 86_400,
            terms: [0, 86_400]
                .map(|from| Terms::new(Rules::paying_nothing(UnixSeconds(from))))
                .into(),
        };
        let agreements: Agreements = [(acme(), agreement)].into_iter().collect();
        assert_eq!(parse(&to_json(&agreements)), Ok(agreements));
    }

    #[test]
    fn a_file_of_an_earlier_version_is_an_agreement_without_terms() {
        let old = r#"{"partners":[{"id":"acme","brand":null,"amount_unit":"major"}]}"#;
        let agreements = parse(old).expect("it was written by `partners apply`");
        let agreement = agreements.get(&acme()).expect("acme is there");
        assert_eq!(**agreement, Agreement::default());
    }

    #[test]
    fn what_was_changed_by_hand_is_refused_with_its_place() {
        let with = |more: &str| {
            format!(r#"{{"partners":[{{"id":"acme","brand":null,"amount_unit":"major",{more}}}]}}"#)
        };
        for (text, word) in [
            (with(r#""attribution_days":0"#), "attribution_days of acme"),
            (with(r#""colour":1"#), "colour"),
            (
                with(r#""terms":[{"from":0,"hold_days":0,"min_deposit":["20"]}]"#),
                "of partner acme terms cannot be read: \"20\" must be",
            ),
            (
                with(r#""terms":[{"from":9,"hold_days":0},{"from":9,"hold_days":1}]"#),
                "order of their days",
            ),
        ] {
            let refused = parse(&text).expect_err(&text);
            assert!(refused.contains(word), "{refused}");
        }
    }
}
