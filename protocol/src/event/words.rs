//! The closed vocabularies of a postback: what happened, how sure it is, how it was paid.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A word that is not in the vocabulary; its text lists the words that are.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("one of {}", .expected.join(", "))]
pub struct UnknownWord {
    /// All words of the vocabulary.
    pub expected: &'static [&'static str],
}

/// Makes an enum of words with its names, so that no name stands in two places.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in the page's order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            const WORDS: &[&str] = &[$($word),+];

            /// The word on the wire, in lower case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word; upper and lower case mean the same.
            ///
            /// # Errors
            /// [`UnknownWord`], whose text lists the words there are.
            pub fn parse(text: &str) -> Result<Self, UnknownWord> {
                let is_meant = |word: &&Self| word.name().eq_ignore_ascii_case(text);
                Self::ALL.iter().find(is_meant).copied().ok_or(UnknownWord { expected: Self::WORDS })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

vocabulary! {
    /// What happened.
    EventKind {
        /// A registration was completed and confirmed.
        Registration = "registration",
        /// The first deposit.
        Ftd = "ftd",
        /// A further deposit.
        Redeposit = "redeposit",
        /// Contact details were left or confirmed.
        Lead = "lead",
        /// A withdrawal.
        Cashout = "cashout",
        /// A deposit was refused by the bank or raised a fraud alert.
        Rejected = "rejected",
    }
}

vocabulary! {
    /// How far the partner has confirmed the conversion.
    Status {
        /// It counts.
        Approved = "approved",
        /// It may still go either way.
        Pending = "pending",
        /// It does not count.
        Rejected = "rejected",
    }
}

vocabulary! {
    /// How a payment was made.
    PaymentMethod {
        /// A bank card.
        Card = "card",
        /// A cryptocurrency.
        Crypto = "crypto",
        /// An electronic wallet.
        Ewallet = "ewallet",
        /// A bank transfer.
        Bank = "bank",
        /// The Russian instant payment system.
        Sbp = "sbp",
    }
}

impl EventKind {
    /// Whether money moved, so that amount and currency must be there.
    pub const fn needs_money(self) -> bool {
        matches!(self, Self::Ftd | Self::Redeposit | Self::Cashout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_word_of_the_page_reads_back_as_itself() {
        for word in [
            "registration",
            "ftd",
            "redeposit",
            "lead",
            "cashout",
            "rejected",
        ] {
            assert_eq!(EventKind::parse(word).expect(word).name(), word);
        }
        for word in ["approved", "pending", "rejected"] {
            assert_eq!(Status::parse(word).expect(word).name(), word);
        }
        for word in ["card", "crypto", "ewallet", "bank", "sbp"] {
            assert_eq!(PaymentMethod::parse(word).expect(word).name(), word);
        }
    }

    #[test]
    fn any_case_is_taken() {
        assert_eq!(EventKind::parse("FTD"), Ok(EventKind::Ftd));
        assert_eq!(Status::parse("Approved"), Ok(Status::Approved));
        assert_eq!(PaymentMethod::parse("eWallet"), Ok(PaymentMethod::Ewallet));
    }

    #[test]
    fn a_word_of_no_vocabulary_is_answered_with_the_list() {
        for text in ["", "deposit", " ftd", "ftd ", "ＦＴＤ", "ftd\0"] {
            assert!(EventKind::parse(text).is_err(), "{text:?}");
        }
        let refusal = Status::parse("ok").expect_err("ok is no status");
        assert_eq!(refusal.to_string(), "one of approved, pending, rejected");
    }

    #[test]
    fn money_moves_in_deposits_and_withdrawals_only() {
        let moved: Vec<_> = EventKind::ALL
            .iter()
            .filter(|kind| kind.needs_money())
            .collect();
        assert_eq!(
            moved,
            [&EventKind::Ftd, &EventKind::Redeposit, &EventKind::Cashout]
        );
    }
}
