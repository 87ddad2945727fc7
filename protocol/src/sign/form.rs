//! The closed set of texts a partner may sign.

use std::fmt;

/// What was signed. See [`crate::sign::text`] for the exact bytes of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// The body as sent, with the signature in the header.
    Raw,
    /// All JSON members but `sign`, sorted, compact, each token as sent.
    Json,
    /// The same, texts escaped to ASCII as Python's `json.dumps` does.
    JsonAscii,
    /// The same, texts as plain UTF-8 with the fewest escapes.
    JsonUtf8,
    /// The same, texts escaped to ASCII and `/` as `\/`, as PHP's `json_encode` does.
    JsonSlash,
    /// All parameters but `sign`, sorted, each as sent.
    Params,
    /// The same, names and values decoded. Where [`Form::Params`] or [`Form::Raw`] is allowed too, not
    /// for values that hold `%` or `+`.
    ParamsDecoded,
}

impl Form {
    /// Every form, in the order they are tried.
    pub const ALL: [Self; 7] = [
        Self::Raw,
        Self::Json,
        Self::JsonAscii,
        Self::JsonUtf8,
        Self::JsonSlash,
        Self::Params,
        Self::ParamsDecoded,
    ];

    /// The name in configurations, on the command line and in the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Json => "json",
            Self::JsonAscii => "json-ascii",
            Self::JsonUtf8 => "json-utf8",
            Self::JsonSlash => "json-slash",
            Self::Params => "params",
            Self::ParamsDecoded => "params-decoded",
        }
    }

    /// Reads a name as [`Form::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a form; the forms are raw, json, json-ascii, json-utf8, json-slash, params, params-decoded"
)]
pub struct UnknownForm(pub String);

impl std::str::FromStr for Form {
    type Err = UnknownForm;

    fn from_str(name: &str) -> Result<Self, UnknownForm> {
        Self::parse(name).ok_or_else(|| UnknownForm(name.to_owned()))
    }
}

/// The forms a partner may use.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormSet(u8);

impl FormSet {
    /// Every form.
    #[must_use]
    pub fn all() -> Self {
        Form::ALL.into_iter().collect()
    }

    /// No form at all.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// Whether a form is in the set.
    #[must_use]
    pub const fn contains(self, form: Form) -> bool {
        self.0 & form.bit() != 0
    }

    /// Whether no form is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set with one more form.
    #[must_use]
    pub const fn with(self, form: Form) -> Self {
        Self(self.0 | form.bit())
    }

    /// The forms of the set, in the order they are tried.
    pub fn iter(self) -> impl Iterator<Item = Form> {
        Form::ALL
            .into_iter()
            .filter(move |&form| self.contains(form))
    }

    /// A set from names as [`Form::name`] gives them.
    ///
    /// # Errors
    /// The first name that is no form.
    pub fn from_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, UnknownForm> {
        names.into_iter().map(str::parse::<Form>).collect()
    }

    /// The names of the set, in the order they are tried.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        self.iter().map(Form::name).collect()
    }
}

impl FromIterator<Form> for FormSet {
    fn from_iter<I: IntoIterator<Item = Form>>(forms: I) -> Self {
        forms.into_iter().fold(Self::none(), Self::with)
    }
}

impl Default for FormSet {
    fn default() -> Self {
        Self::all()
    }
}

impl fmt::Debug for FormSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Form::name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_form_reads_its_own_name() {
        for form in Form::ALL {
            assert_eq!(form.name().parse(), Ok(form));
            assert_eq!(form.to_string(), form.name());
        }
        assert_eq!(Form::parse("JSON"), None);
    }

    #[test]
    fn a_set_holds_what_it_was_given_in_the_order_of_trying() {
        let set = FormSet::from_names(["params", "raw"]).unwrap();
        assert_eq!(set.names(), ["raw", "params"]);
        assert!(set.contains(Form::Raw) && !set.contains(Form::Json));
        assert_eq!(format!("{set:?}"), r#"{"raw", "params"}"#);
        assert!(FormSet::none().is_empty());
        assert_eq!(FormSet::all().iter().collect::<Vec<_>>(), Form::ALL);
    }

    #[test]
    fn a_name_that_is_no_form_is_told_with_those_that_are() {
        let unknown = FormSet::from_names(["raw", "xml"]).unwrap_err();
        for form in Form::ALL {
            assert!(unknown.to_string().contains(form.name()));
        }
        assert!(unknown.to_string().starts_with("`xml` is not a form"));
    }
}
