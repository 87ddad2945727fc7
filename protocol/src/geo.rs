//! Countries, as ISO 3166-1 alpha-2 codes.
//!
//! Reports group by country, so only codes that name one get in, always in upper case.

use std::fmt;

use isocountry::CountryCode;
use serde::{Serialize, Serializer};
use thiserror::Error;

/// Kosovo: ISO leaves the code to its users, and the geo databases partners read all use it.
const KOSOVO: &str = "XK";

/// A country, such as `DE`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Geo(&'static str);

/// Why a text names no country.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GeoError {
    /// No such alpha-2 code.
    #[error("a two-letter country code of ISO 3166-1, such as DE")]
    Unknown,
    /// A code people use for a country that has another one.
    #[error("{0} (that is the ISO 3166-1 code of this country)")]
    Misnomer(&'static str),
    /// The three-letter code, with the two-letter one that is expected.
    #[error("the two-letter code {0} instead of the three-letter one")]
    ThreeLetters(&'static str),
}

impl Geo {
    /// Reads a two-letter country code; upper and lower case mean the same.
    ///
    /// # Errors
    /// [`GeoError`], whose text says what is expected instead.
    pub fn parse(text: &str) -> Result<Self, GeoError> {
        // Lengths first: no long text is worth a copy in upper case.
        if text.len() > 3 {
            return Err(GeoError::Unknown);
        }
        let code = text.to_ascii_uppercase();
        if code == KOSOVO {
            return Ok(Self(KOSOVO));
        }
        if let Ok(country) = CountryCode::for_alpha2(&code) {
            return Ok(Self(country.alpha2()));
        }
        Err(hint(&code))
    }

    /// The code in upper case.
    pub fn code(self) -> &'static str {
        self.0
    }
}

/// What an unknown code was probably meant to be.
fn hint(code: &str) -> GeoError {
    match code {
        "UK" => GeoError::Misnomer("GB"),
        "EL" => GeoError::Misnomer("GR"),
        _ => match CountryCode::for_alpha3(code) {
            Ok(country) => GeoError::ThreeLetters(country.alpha2()),
            Err(_) => GeoError::Unknown,
        },
    }
}

impl fmt::Display for Geo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Geo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Geo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn countries_are_taken_in_either_case_and_kept_in_upper_case() {
        for (sent, kept) in [
            ("DE", "DE"),
            ("br", "BR"),
            ("Kz", "KZ"),
            ("gb", "GB"),
            ("xk", "XK"),
        ] {
            assert_eq!(Geo::parse(sent).expect(sent).code(), kept);
        }
    }

    #[test]
    fn the_united_kingdom_and_greece_get_a_hint() {
        assert_eq!(Geo::parse("UK"), Err(GeoError::Misnomer("GB")));
        assert_eq!(Geo::parse("el"), Err(GeoError::Misnomer("GR")));
        assert!(GeoError::Misnomer("GB").to_string().starts_with("GB"));
    }

    #[test]
    fn a_three_letter_code_is_answered_with_the_two_letter_one() {
        assert_eq!(Geo::parse("DEU"), Err(GeoError::ThreeLetters("DE")));
    }

    #[test]
    fn what_names_no_country_is_refused() {
        for text in [
            "", "D", "ZZ", "XX", "EU", "Germany", "49", "D E", "ДЕ", " DE",
        ] {
            assert_eq!(Geo::parse(text), Err(GeoError::Unknown), "{text}");
        }
    }
}
