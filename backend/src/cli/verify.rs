//! `postern verify`: why a pasted request's signature does not fit.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use postern_protocol::diagnose::{Asked, Diagnosis, Effort, ShownText, diagnose};
use postern_protocol::id::PartnerId;
use postern_protocol::sign::{FormSet, Key, Keyring};
use postern_protocol::time::UnixSeconds;

use super::environment;
use super::failure::Failure;
use super::output::say;
use crate::clock::Clock;
use crate::config::Settings;
use crate::files;
use crate::partners::Partner;
use crate::partners::apply::read_partners;
use crate::pasted::Pasted;

/// The longest request that is read, in bytes: far more than the gate takes.
const MAX_PASTED_BYTES: u64 = 4 << 20;

/// Says which form a pasted request's signature fits, or why it fits none and what to change.
///
/// Reads a curl command, the text of an HTTP request, or a URL. Exits with 0 when the gate would
/// take the signature, with 1 when it would not.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A file with the request; `-` reads what is typed or piped in
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Whose secrets to look under [default: the partner the request names]
    #[arg(long, value_name = "PARTNER")]
    partner: Option<PartnerId>,
    /// The time to look at it as of, in unix seconds [default: now]
    #[arg(long, value_name = "UNIX_SECONDS")]
    at: Option<i64>,
    /// Print JSON, as /v1/verify answers it
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  postern verify request.txt
  pbpaste | postern verify --partner acme
  echo 'https://localhost:8443/v1/event?clickid=abc&event=lead&status=approved&sign=00' \\
      | postern verify --partner acme --json";

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let pasted = Pasted::read(&text(&args.file)?)?;
    let file = read_partners(&settings.partners, &environment)?;
    let named = pasted.source()?;
    let partner = partner(args.partner.as_ref().or(named.as_ref()), &file.partners)?;
    let now = args
        .at
        .map_or_else(|| Clock::system().unix_seconds(), UnixSeconds);
    let mut diagnosis = diagnose(&Asked {
        request: pasted.request()?,
        partner: &partner.id,
        keys: &keyring(partner),
        forms: forms(partner),
        now,
        tolerance_seconds: partner.clock_tolerance_seconds,
        authority: pasted.authority(),
        user_agent: pasted.user_agent().map(str::as_bytes),
        effort: Effort::PATIENT,
    });
    diagnosis
        .warnings
        .extend(pasted.beside_the_signature(partner.agreement.amount_unit));
    if args.json {
        say(diagnosis.to_json())?;
    } else {
        tell(&diagnosis)?;
    }
    Ok(if diagnosis.ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn text(path: &Path) -> Result<String, Failure> {
    if path != Path::new("-") {
        return Ok(files::read(path)?);
    }
    let mut text = String::new();
    std::io::stdin()
        .take(MAX_PASTED_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// The partner of this name, or the only one there is.
fn partner<'f>(named: Option<&PartnerId>, partners: &'f [Partner]) -> Result<&'f Partner, Failure> {
    match (named, partners) {
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::new(
            "the request names no partner; say whose it is with --partner",
        )),
        (Some(id), _) => partners.iter().find(|partner| partner.id == *id).ok_or_else(|| {
            Failure::new(format!("there is no partner {id} in the partners file; `postern partners list` shows all"))
        }),
    }
}

fn keyring(partner: &Partner) -> Keyring {
    let keys = partner.keys.iter().map(|key| Key {
        id: key.id.clone(),
        secret: key.secret.clone(),
        not_before: key.not_before,
        not_after: key.not_after,
    });
    Keyring::new(keys.collect())
}

fn forms(partner: &Partner) -> FormSet {
    let pinned = partner.forms.as_ref();
    pinned.map_or_else(FormSet::all, |forms| forms.iter().copied().collect())
}

fn tell(diagnosis: &Diagnosis) -> Result<(), Failure> {
    match (diagnosis.form, &diagnosis.key) {
        (Some(form), Some(key)) => say(format!(
            "The signature fits: partner {}, form {form}, secret {key}.",
            diagnosis.partner
        ))?,
        _ => say(format!(
            "The signature does not fit under the secrets of partner {}.",
            diagnosis.partner
        ))?,
    }
    for (n, cause) in diagnosis.causes.iter().enumerate() {
        say(format!(
            "\n{}. {} [{}]\n   {}",
            n + 1,
            cause.problem,
            cause.code,
            cause.change
        ))?;
    }
    if diagnosis.cut_short {
        say("\nThe search was cut short: the request is long. Try with fewer fields.")?;
    }
    for warning in &diagnosis.warnings {
        say(format!("\nNote: {warning}"))?;
    }
    tell_texts(diagnosis)
}

/// What was signed, what would be taken, and a program that does it right.
fn tell_texts(diagnosis: &Diagnosis) -> Result<(), Failure> {
    if let Some(signed) = &diagnosis.you_signed {
        say(format!("\nWhat was signed:\n{}", shown(signed)))?;
    }
    if diagnosis.ok {
        return Ok(());
    }
    for proposed in &diagnosis.sign_this {
        say(format!(
            "\nSign this (form {}):\n{}",
            proposed.form,
            shown(&proposed.shown)
        ))?;
    }
    for snippet in diagnosis.snippets.iter().take(1) {
        say(format!(
            "\nIn {} (`postern snippet` has others):\n\n{}",
            snippet.language, snippet.code
        ))?;
    }
    Ok(())
}

/// The text with what would move the cursor or hide in a terminal written out, and its length.
fn shown(text: &ShownText) -> String {
    let visible: String = text
        .text
        .chars()
        .flat_map(|c| {
            let plain = !c.is_control();
            let escaped = (!plain).then(|| c.escape_default());
            plain
                .then_some(c)
                .into_iter()
                .chain(escaped.into_iter().flatten())
        })
        .collect();
    format!("{visible}\n({} bytes)", text.bytes)
}
