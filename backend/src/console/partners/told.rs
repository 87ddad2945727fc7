//! What the signature doctor says, as its page shows it.

use postern_protocol::diagnose::{Cause, Diagnosis, Proposed};

/// A diagnosis for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Whether the gate takes the signature.
    pub(super) ok: bool,
    /// The form it fits.
    pub(super) form: Option<&'static str>,
    /// The key whose secret fits.
    pub(super) key: Option<String>,
    /// Each thing that is wrong, with what to change.
    pub(super) causes: Vec<Wrong>,
    /// Whether something may be missing.
    pub(super) cut_short: bool,
    /// What to mend besides.
    pub(super) notes: Vec<String>,
    /// What was signed, where that is known.
    pub(super) signed: Option<String>,
    /// What would be taken, each under the name of its form.
    pub(super) sign_this: Vec<(&'static str, String)>,
    /// A program in the sender's likely language, with that language.
    pub(super) program: Option<(&'static str, String)>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) problem: String,
    pub(super) change: String,
    pub(super) code: &'static str,
}

impl Told {
    /// Without a secret, that none fits says nothing; that none which was typed counts now, stands
    /// beside its field. `beside` is what is to be mended besides the signature.
    pub(super) fn of(diagnosis: Diagnosis, beside: Vec<String>, without_secret: bool) -> Self {
        let says_nothing = |cause: &Cause| match cause {
            Cause::NoLiveKey => true,
            Cause::NoneFound => without_secret,
            _ => false,
        };
        let named = diagnosis.named.iter().zip(diagnosis.causes);
        let causes = named.filter(|(cause, _)| !says_nothing(cause));
        let mut notes = diagnosis.warnings;
        notes.extend(beside);
        let proposed = |it: Proposed| (it.form, it.shown.text);
        Self {
            ok: diagnosis.ok,
            form: diagnosis.form,
            key: diagnosis.key,
            causes: causes
                .map(|(_, told)| Wrong {
                    problem: told.problem,
                    change: told.change,
                    code: told.code,
                })
                .collect(),
            cut_short: diagnosis.cut_short,
            notes,
            signed: diagnosis.you_signed.map(|it| it.text),
            sign_this: diagnosis.sign_this.into_iter().map(proposed).collect(),
            program: diagnosis
                .snippets
                .into_iter()
                .next()
                .filter(|_| !diagnosis.ok)
                .map(|it| (it.language, it.code)),
        }
    }
}
