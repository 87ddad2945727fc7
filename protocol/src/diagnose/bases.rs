//! The forms of a request as recipes, each with what stands against it.

use super::Cause;
use super::encoders::{PHP, PLAIN, PYTHON};
use super::recipe::{Escapes, Recipe, Setting, Values};
use crate::request::{Encoding, Postback, Request, Warning};
use crate::sign::{Form, FormSet, joins_unambiguously, reads_as_sent, signed_fields};

/// Every form that applies, those without a cause first.
pub(super) fn of(
    request: &Request<'_>,
    postback: &Postback<'_>,
    forms: FormSet,
) -> Vec<(Recipe, Vec<Cause>)> {
    let all = Form::ALL.into_iter().filter_map(|form| {
        let recipe = recipe(form, request.encoding)?;
        let mut causes = against(form, postback, forms)?;
        if request.time_header.is_none() && could_be_a_time(form, request, postback) {
            causes.push(Cause::TimeNotSent);
        }
        Some((recipe, causes))
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, causes)| causes.len());
    all
}

const fn recipe(form: Form, encoding: Encoding) -> Option<Recipe> {
    let is_json = matches!(encoding, Encoding::Json);
    match form {
        Form::Raw if !matches!(encoding, Encoding::Query) => Some(Recipe::RAW),
        Form::Json if is_json => Some(Recipe::JSON),
        Form::JsonAscii if is_json => {
            Some(Recipe::JSON.with(Setting::Escapes(Escapes::By(PYTHON))))
        }
        Form::JsonUtf8 if is_json => Some(Recipe::JSON.with(Setting::Escapes(Escapes::By(PLAIN)))),
        Form::JsonSlash if is_json => Some(Recipe::JSON.with(Setting::Escapes(Escapes::By(PHP)))),
        Form::Params if !is_json => Some(Recipe::PARAMS),
        Form::ParamsDecoded if !is_json => {
            Some(Recipe::PARAMS.with(Setting::Values(Values::Decoded)))
        }
        _ => None,
    }
}

/// What keeps a form from being taken; `None` where it cannot have been signed at all.
fn against(form: Form, postback: &Postback<'_>, forms: FormSet) -> Option<Vec<Cause>> {
    let mut causes = Vec::new();
    match form {
        // A body that holds its own signature was not signed with it.
        Form::Raw
            if postback
                .get("sign")
                .is_some_and(|sign| !sign.value().is_empty()) =>
        {
            return None;
        }
        Form::Raw => {
            if !postback.sign_in_header() {
                causes.push(Cause::RawSignOutsideHeader);
            }
            causes.extend(repaired(postback));
        }
        Form::ParamsDecoded => {
            let fields = signed_fields(postback);
            let takes_as_sent = forms.contains(Form::Params) || forms.contains(Form::Raw);
            if !joins_unambiguously(&fields) || takes_as_sent && reads_as_sent(&fields) {
                causes.push(Cause::DecodedAmbiguous);
            }
        }
        _ => {}
    }
    if !forms.contains(form) {
        causes.push(Cause::FormNotAllowed { form });
    }
    Some(causes)
}

fn repaired(postback: &Postback<'_>) -> Option<Cause> {
    postback
        .warnings()
        .iter()
        .find_map(|warning| match warning {
            Warning::RepairedEntity { field } => Some(Cause::MangledEntity {
                field: (*field).to_owned(),
            }),
            Warning::UnknownField { .. } => None,
        })
}

/// Whether the text opens with digits and a dot, as a signed time would: it counts only with the time
/// in its header.
fn could_be_a_time(form: Form, request: &Request<'_>, postback: &Postback<'_>) -> bool {
    let fields = signed_fields(postback);
    let text = match form {
        Form::Raw => request.body,
        _ => fields.first().map_or("", |field| field.name()).as_bytes(),
    };
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && text.get(digits) == Some(&b'.')
}
