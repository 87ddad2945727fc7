//! The backend's part of `partners.toml`, as `partners apply` last wrote it.
//!
//! It holds no secrets and no networks: those are the edge's business.

use std::collections::BTreeMap;
use std::path::Path;

use postern_protocol::id::{IdError, PartnerId};
use postern_protocol::money::AmountUnit;
use serde::{Deserialize, Serialize};

use super::file::PartnersFile;
use crate::files;

/// What the backend knows of all partners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied(BTreeMap<PartnerId, Terms>);

/// What the backend knows of one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What people call it.
    pub brand: Option<String>,
    /// Whether its amounts are dollars or cents.
    pub amount_unit: AmountUnit,
}

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

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnerShape {
    id: String,
    brand: Option<String>,
    amount_unit: UnitShape,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum UnitShape {
    Major,
    Minor,
}

impl Applied {
    /// The backend's part of `file`.
    #[must_use]
    pub fn of(file: &PartnersFile) -> Self {
        let terms = file.partners.iter().map(|partner| {
            let terms = Terms {
                brand: partner.brand.clone(),
                amount_unit: partner.amount_unit,
            };
            (partner.id.clone(), terms)
        });
        Self(terms.collect())
    }

    /// Reads what was applied, `None` when nothing was yet.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn load(path: &Path) -> Result<Option<Self>, AppliedError> {
        let Some(text) = files::read_if_there(path)? else {
            return Ok(None);
        };
        let shape: Shape = serde_json::from_str(&text).map_err(|cause| AppliedError::Damaged {
            path: path.display().to_string(),
            cause: cause.to_string(),
        })?;
        let entries = shape.partners.into_iter().map(PartnerShape::into_entry);
        let entries = entries.collect::<Result<_, IdError>>();
        entries
            .map(|entries| Some(Self(entries)))
            .map_err(|cause| AppliedError::Damaged {
                path: path.display().to_string(),
                cause: format!("an id {cause}"),
            })
    }

    /// The file's text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let partners = self.0.iter().map(PartnerShape::from_entry).collect();
        // Strings and unit variants always have a JSON form.
        let mut text = serde_json::to_string_pretty(&Shape { partners }).unwrap_or_default();
        text.push('\n');
        text
    }

    /// All partners by id.
    pub fn iter(&self) -> impl Iterator<Item = (&PartnerId, &Terms)> {
        self.0.iter()
    }
}

impl PartnerShape {
    fn into_entry(self) -> Result<(PartnerId, Terms), IdError> {
        let amount_unit = match self.amount_unit {
            UnitShape::Major => AmountUnit::Major,
            UnitShape::Minor => AmountUnit::Minor,
        };
        Ok((
            PartnerId::parse(&self.id)?,
            Terms {
                brand: self.brand,
                amount_unit,
            },
        ))
    }

    fn from_entry((id, terms): (&PartnerId, &Terms)) -> Self {
        let amount_unit = match terms.amount_unit {
            AmountUnit::Major => UnitShape::Major,
            AmountUnit::Minor => UnitShape::Minor,
        };
        Self {
            id: id.to_string(),
            brand: terms.brand.clone(),
            amount_unit,
        }
    }
}
