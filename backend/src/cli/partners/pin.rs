//! `postern partners pin`.

use std::process::ExitCode;

use postern_protocol::id::PartnerId;
use postern_protocol::sign::Form;

use super::super::failure::Failure;
use super::super::output::say;
use super::store_file::{lock, store};
use crate::config::Settings;
use crate::files;
use crate::partners::edit;

/// Writes `forms = […]` under the partner: what it signs in another form is refused from then on.
///
/// The fewer forms are taken, the less there is to compare, and the less a stranger can try. A
/// partner's own self-check, `postern send --suite`, says which form it uses.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The partner
    id: PartnerId,
    /// raw, json, json-ascii, json-utf8, json-slash, params or params-decoded; several where it uses
    /// several
    #[arg(required_unless_present = "any")]
    forms: Vec<Form>,
    /// Take every form again
    #[arg(long, conflicts_with = "forms")]
    any: bool,
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let _lock = lock(settings)?;
    let old = files::read(&settings.partners)?;
    let text = edit::pin(&old, &args.id, &args.forms)?;
    store(settings, &text)?;
    let forms: Vec<&str> = args.forms.iter().map(|form| form.name()).collect();
    let taken = match args.any {
        true => "every form".to_owned(),
        false => format!("{} and no other", forms.join(", ")),
    };
    say(format!(
        "{} signs in {taken}, after `postern partners apply`",
        args.id
    ))?;
    Ok(ExitCode::SUCCESS)
}
