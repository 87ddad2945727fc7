//! The cells of a row, alike for every database, so that what reads rows is written once.

use postern_protocol::currency::Currency;
use postern_protocol::event::Status;
use postern_protocol::id::PartnerId;
use postern_protocol::money::Money;
use postern_protocol::time::UnixSeconds;
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::StoreError;
use crate::ledger::{Fingerprint, State, Verdict};

/// Reads a row's columns by name. A column that is not there or holds another type is an error that
/// names it.
pub(super) trait Cells {
    /// A text.
    fn text(&self, column: &str) -> Result<&str, StoreError>;
    /// A text that may be NULL.
    fn text_or_null(&self, column: &str) -> Result<Option<&str>, StoreError>;
    /// A whole number.
    fn number(&self, column: &str) -> Result<i64, StoreError>;
    /// A whole number that may be NULL.
    fn number_or_null(&self, column: &str) -> Result<Option<i64>, StoreError>;
    /// A number with a fraction.
    fn float(&self, column: &str) -> Result<f64, StoreError>;
    /// An id.
    fn id(&self, column: &str) -> Result<Uuid, StoreError>;
    /// An id that may be NULL.
    fn id_or_null(&self, column: &str) -> Result<Option<Uuid>, StoreError>;
    /// Bytes.
    fn bytes(&self, column: &str) -> Result<&[u8], StoreError>;
    /// Yes or no.
    fn is(&self, column: &str) -> Result<bool, StoreError>;

    /// A text to keep.
    fn owned(&self, column: &str) -> Result<String, StoreError> {
        self.text(column).map(str::to_owned)
    }

    /// A text to keep that may be NULL.
    fn owned_or_null(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.text_or_null(column)?.map(str::to_owned))
    }

    /// A moment.
    fn seconds(&self, column: &str) -> Result<UnixSeconds, StoreError> {
        self.number(column).map(UnixSeconds)
    }

    /// A moment that may be NULL.
    fn seconds_or_null(&self, column: &str) -> Result<Option<UnixSeconds>, StoreError> {
        Ok(self.number_or_null(column)?.map(UnixSeconds))
    }

    /// A number that counts something.
    fn count(&self, column: &str) -> Result<u32, StoreError> {
        let number = self.number(column)?;
        u32::try_from(number)
            .map_err(|_| StoreError::Unreadable(format!("{column} {number}, which counts nothing")))
    }

    /// The same where it may be NULL.
    fn count_or_null(&self, column: &str) -> Result<Option<u32>, StoreError> {
        let number = self.number_or_null(column)?;
        number.map(|_| self.count(column)).transpose()
    }

    /// What a stored word stands for.
    fn word<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        known(column, self.text(column)?, parse)
    }

    /// What a stored word stands for, where there is one.
    fn word_or_null<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        self.text_or_null(column)?
            .map(|text| known(column, text, parse))
            .transpose()
    }

    /// A verdict.
    fn verdict(&self, column: &str) -> Result<Verdict, StoreError> {
        self.word(column, Verdict::parse)
    }

    /// A partner.
    fn partner(&self, column: &str) -> Result<PartnerId, StoreError> {
        self.word(column, |text| PartnerId::parse(text).ok())
    }

    /// A partner, where there is one.
    fn partner_or_null(&self, column: &str) -> Result<Option<PartnerId>, StoreError> {
        self.word_or_null(column, |text| PartnerId::parse(text).ok())
    }

    /// The state in `status`, `amount_minor` and `currency`, each with `prefix` before its name.
    fn state(&self, prefix: &str) -> Result<State, StoreError> {
        let column = |name| format!("{prefix}{name}");
        Ok(State {
            status: self.word(&column("status"), |word| Status::parse(word).ok())?,
            money: self.money(&column("amount_minor"), &column("currency"))?,
        })
    }

    /// An amount, where there is one.
    fn money(&self, minor: &str, currency: &str) -> Result<Option<Money>, StoreError> {
        let currency = self.word_or_null(currency, |code| Currency::parse(code).ok())?;
        let Some((minor, currency)) = self.number_or_null(minor)?.zip(currency) else {
            return Ok(None);
        };
        let unreadable = || StoreError::Unreadable(format!("the amount {minor} {currency}"));
        Money::of_minor(minor, currency)
            .map(Some)
            .ok_or_else(unreadable)
    }

    /// A fingerprint.
    fn fingerprint(&self, column: &str) -> Result<Fingerprint, StoreError> {
        <[u8; 32]>::try_from(self.bytes(column)?)
            .map(Fingerprint)
            .map_err(|_| StoreError::Unreadable("a fingerprint that is not 32 bytes".to_owned()))
    }
}

/// What a stored word stands for.
pub(super) fn known<T>(
    column: &str,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::Unreadable(format!("{column} {text:?}")))
}

/// The databases differ in how they decode a cell, not in how it is asked for.
macro_rules! cells {
    ($row:ty) => {
        impl Cells for $row {
            fn text(&self, column: &str) -> Result<&str, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn text_or_null(&self, column: &str) -> Result<Option<&str>, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn number(&self, column: &str) -> Result<i64, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn number_or_null(&self, column: &str) -> Result<Option<i64>, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn float(&self, column: &str) -> Result<f64, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn id(&self, column: &str) -> Result<Uuid, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn id_or_null(&self, column: &str) -> Result<Option<Uuid>, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn bytes(&self, column: &str) -> Result<&[u8], StoreError> {
                Ok(self.try_get(column)?)
            }
            fn is(&self, column: &str) -> Result<bool, StoreError> {
                Ok(self.try_get(column)?)
            }
        }
    };
}

cells!(SqliteRow);
cells!(PgRow);
