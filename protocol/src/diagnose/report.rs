//! What a diagnosis says, for programs and for people.

use serde::Serialize;

use super::text::Sent;
use super::{Asked, Cause, language};
use crate::request::Encoding;
use crate::sign::{Form, Verified, text};
use crate::snippet::{Language, Place, Style, snippet};

/// The longest text that is shown, in bytes: more helps nobody to compare.
const MAX_SHOWN_BYTES: usize = 8_192;

/// What became of looking at a signature. Holds no secret and no digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diagnosis {
    /// Whether the gate takes the signature.
    pub ok: bool,
    /// The partner whose secrets it was looked for under.
    pub partner: String,
    /// The form it fits; only where `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<&'static str>,
    /// The id of the secret it was made with; only where `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is wrong; empty where `ok`.
    pub causes: Vec<Told>,
    /// Whether the search was cut short, so that a cause may be missing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
    /// What to mend although the signature fits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The text that was signed, where it is known and not the right one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub you_signed: Option<ShownText>,
    /// The exact texts we take, one of them to be signed; the first is the simplest.
    pub sign_this: Vec<Proposed>,
    /// A program that does it right, in the sender's likely language, else in every one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snippets: Vec<Snippet>,
    /// The causes as such, in the order of `causes`.
    #[serde(skip)]
    pub named: Vec<Cause>,
}

/// A cause in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Told {
    /// [`Cause::code`].
    pub code: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to change.
    pub change: String,
}

/// A text made of the request, perhaps cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShownText {
    /// The text; what is no UTF-8 in it is replaced.
    pub text: String,
    /// Its length in bytes, before it was cut.
    pub bytes: usize,
}

/// A text that would be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proposed {
    /// The form it is the text of.
    pub form: &'static str,
    /// The text.
    #[serde(flatten)]
    pub shown: ShownText,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Snippet {
    /// Its language.
    pub language: &'static str,
    /// Its text.
    pub code: String,
}

impl ShownText {
    fn of(text: &[u8]) -> Self {
        let shown = text.get(..MAX_SHOWN_BYTES).unwrap_or(text);
        Self {
            text: String::from_utf8_lossy(shown).into_owned(),
            bytes: text.len(),
        }
    }
}

impl Diagnosis {
    pub(super) fn unread(asked: &Asked<'_>, cause: Cause) -> Self {
        let mut diagnosis = Self::empty(asked);
        let request = asked.request.as_ref().ok();
        let body = request.map_or(&b""[..], |request| request.body);
        diagnosis.name(vec![cause]);
        diagnosis.snippets = snippets(asked, body);
        diagnosis
    }

    pub(super) fn right(asked: &Asked<'_>, sent: &Sent<'_>, verified: Verified<'_>) -> Self {
        let mut diagnosis = Self::empty(asked);
        diagnosis.ok = true;
        diagnosis.form = Some(verified.form.name());
        diagnosis.key = Some(verified.key_id.as_str().to_owned());
        diagnosis.sign_this = proposed(asked, sent);
        diagnosis.warnings = warnings(sent);
        diagnosis
    }

    pub(super) fn wrong(
        asked: &Asked<'_>,
        sent: &Sent<'_>,
        causes: Vec<Cause>,
        signed: Option<&[u8]>,
    ) -> Self {
        let mut diagnosis = Self::empty(asked);
        diagnosis.name(causes);
        diagnosis.sign_this = proposed(asked, sent);
        diagnosis.warnings = warnings(sent);
        let signed = signed.map(ShownText::of);
        let known = |signed: &ShownText| diagnosis.sign_this.iter().any(|one| one.shown == *signed);
        diagnosis.you_signed = signed.filter(|signed| !known(signed));
        diagnosis.snippets = snippets(asked, sent.body);
        diagnosis
    }

    /// The same, after a search that was cut short or not.
    pub(super) fn after(self, cut_short: bool) -> Self {
        Self { cut_short, ..self }
    }

    /// The same with one more cause, before the others: the request does not count.
    #[must_use]
    pub fn because(mut self, cause: Cause) -> Self {
        let others = std::mem::take(&mut self.named);
        self.causes.clear();
        (self.ok, self.form, self.key) = (false, None, None);
        self.name([vec![cause], others].concat());
        self
    }

    /// The answer as JSON. It is one object on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers always serialise; were they ever not to, the answer still is JSON.
        serde_json::to_string(self).unwrap_or_else(|_| r#"{"ok":false,"causes":[]}"#.to_owned())
    }

    fn empty(asked: &Asked<'_>) -> Self {
        Self {
            ok: false,
            partner: asked.partner.as_str().to_owned(),
            form: None,
            key: None,
            causes: Vec::new(),
            cut_short: false,
            warnings: Vec::new(),
            you_signed: None,
            sign_this: Vec::new(),
            snippets: Vec::new(),
            named: Vec::new(),
        }
    }

    fn name(&mut self, causes: Vec<Cause>) {
        for cause in causes {
            // One mangled name stands for all: they have one cause.
            let mangled = |known: &Cause| {
                matches!(
                    (known, &cause),
                    (Cause::MangledEntity { .. }, Cause::MangledEntity { .. })
                )
            };
            if self
                .named
                .iter()
                .any(|known| *known == cause || mangled(known))
            {
                continue;
            }
            self.causes.push(Told {
                code: cause.code(),
                problem: cause.problem(),
                change: cause.change(),
            });
            self.named.push(cause);
        }
    }
}

/// The distinct texts of the partner's forms, the signed time included.
fn proposed(asked: &Asked<'_>, sent: &Sent<'_>) -> Vec<Proposed> {
    let mut all: Vec<Proposed> = Vec::new();
    for form in asked.forms.iter() {
        // The body as sent is a text to sign only when the signature is not in it.
        if form == Form::Raw && sent.has("sign") {
            continue;
        }
        let Some(text) = text(form, sent.postback, sent.body) else {
            continue;
        };
        let stamp = sent
            .time
            .map_or_else(Vec::new, |time| [time, b"."].concat());
        let shown = ShownText::of(&[&stamp, &text[..]].concat());
        if !all.iter().any(|known| known.shown == shown) {
            all.push(Proposed {
                form: form.name(),
                shown,
            });
        }
    }
    all
}

fn warnings(sent: &Sent<'_>) -> Vec<String> {
    let left_in = sent.macros().map(|field| {
        let cause = Cause::MacroLeftIn { field };
        format!("{} {}", cause.problem(), cause.change())
    });
    let read = sent.postback.warnings().iter().map(ToString::to_string);
    left_in.chain(read).collect()
}

fn snippets(asked: &Asked<'_>, body: &[u8]) -> Vec<Snippet> {
    let guessed = language::guess(asked.user_agent, body);
    let languages = Language::ALL
        .into_iter()
        .filter(|one| guessed.is_none_or(|guessed| guessed == *one));
    let encoding = asked
        .request
        .as_ref()
        .map_or(Encoding::Json, |request| request.encoding);
    let style = Style::fitting(encoding, asked.forms);
    let place = Place::at(asked.authority, asked.partner);
    let written = languages.map(|language| Snippet {
        language: language.name(),
        code: snippet(language, style, &place),
    });
    written.collect()
}
