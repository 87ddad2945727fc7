//! What names a flag.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

use super::verdict::FlagReason;

/// What names a flag: the delivery that raised it, and why. As text `<delivery>/<reason>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlagId {
    /// The delivery that raised it.
    pub delivery: Uuid,
    /// Why.
    pub reason: FlagReason,
}

/// A text that names no flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a flag is named <delivery id>/<reason>, as `postern review list` shows it")]
pub struct NoFlagId;

impl fmt::Display for FlagId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.delivery, self.reason)
    }
}

impl FromStr for FlagId {
    type Err = NoFlagId;

    fn from_str(text: &str) -> Result<Self, NoFlagId> {
        let (delivery, reason) = text.split_once('/').ok_or(NoFlagId)?;
        Ok(Self {
            delivery: Uuid::parse_str(delivery).map_err(|_| NoFlagId)?,
            reason: FlagReason::parse(reason).ok_or(NoFlagId)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_reads_back_from_its_name() {
        let flag = FlagId {
            delivery: Uuid::from_u128(7),
            reason: FlagReason::DoubleFtd,
        };
        let name = "00000000-0000-0000-0000-000000000007/double_ftd";
        assert_eq!(flag.to_string(), name);
        assert_eq!(name.parse(), Ok(flag));
        for text in [
            "",
            "double_ftd",
            "7/double_ftd",
            &name.replace("ftd", "fun"),
        ] {
            assert_eq!(text.parse::<FlagId>(), Err(NoFlagId), "{text}");
        }
    }
}
