//! `postern snippet`: a program that posts as one partner, to be sent to its developer.

use std::process::ExitCode;

use clap::ValueEnum;
use postern_protocol::id::PartnerId;
use postern_protocol::request::Encoding;
use postern_protocol::sign::FormSet;
use postern_protocol::snippet::{Language, Place, Style, snippet};

use super::environment;
use super::failure::Failure;
use super::output::say;
use crate::config::Settings;
use crate::partners::apply::read_partners;

/// Prints a whole program that makes, signs and sends a postback as one partner.
///
/// It reads the secret from the variable POSTERN_SECRET; no secret is ever printed. It posts
/// sorted JSON signed as sent, or with --get a query of sorted parameters.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The language
    #[arg(value_enum)]
    language: LanguageArg,
    /// The partner
    partner: PartnerId,
    /// Where the gate is, as https://postbacks.example.com/v1/event
    #[arg(long)]
    url: String,
    /// A GET with sorted parameters, in place of a POST of JSON
    #[arg(long)]
    get: bool,
}

const EXAMPLES: &str = "\
Examples:
  postern snippet python acme --url https://postbacks.example.com/v1/event
  postern snippet php acme --get --url https://postbacks.example.com/v1/event";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LanguageArg {
    Python,
    Php,
    Node,
    Go,
    Ruby,
    Java,
    #[value(name = "csharp")]
    CSharp,
    Perl,
    /// curl and openssl
    Curl,
}

impl From<LanguageArg> for Language {
    fn from(argument: LanguageArg) -> Self {
        match argument {
            LanguageArg::Python => Self::Python,
            LanguageArg::Php => Self::Php,
            LanguageArg::Node => Self::Node,
            LanguageArg::Go => Self::Go,
            LanguageArg::Ruby => Self::Ruby,
            LanguageArg::Java => Self::Java,
            LanguageArg::CSharp => Self::CSharp,
            LanguageArg::Perl => Self::Perl,
            LanguageArg::Curl => Self::Curl,
        }
    }
}

pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode, Failure> {
    let file = read_partners(&settings.partners, &environment)?;
    let partner = file
        .partners
        .iter()
        .find(|partner| partner.id == args.partner);
    let partner = partner.ok_or_else(|| {
        Failure::new(format!(
            "there is no partner {} in the partners file; `postern partners list` shows all",
            args.partner
        ))
    })?;
    let pinned = partner.forms.as_ref();
    let forms = pinned.map_or_else(FormSet::all, |forms| forms.iter().copied().collect());
    let wanted = if args.get {
        Encoding::Query
    } else {
        Encoding::Json
    };
    let style = Style::fitting(wanted, forms);
    if args.get != (style == Style::Query) {
        let (sent, flag) = if args.get {
            ("a GET", "without --get")
        } else {
            ("JSON", "with --get")
        };
        return Err(Failure::new(format!(
            "partner {} is pinned to forms that {sent} cannot have; ask {flag}",
            args.partner
        )));
    }
    let place = Place::of_url(&args.url, &partner.id)?;
    say(snippet(args.language.into(), style, &place).trim_end())?;
    Ok(ExitCode::SUCCESS)
}
