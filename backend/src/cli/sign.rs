//! `postern sign`: what a partner's sign should be.

use std::process::ExitCode;

use postern_protocol::request::Encoding;

use super::failure::Failure;
use super::key_arg::KeyArg;
use super::output::say;
use super::payload_args::PayloadArgs;

/// Prints the signature of a postback, 64 hex digits.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    key: KeyArg,
    #[command(flatten)]
    payload: PayloadArgs,
    /// The value of X-RS-Timestamp, signed together with the postback
    #[arg(long, value_name = "UNIX_SECONDS")]
    time: Option<u64>,
    /// Print the exact text that is signed as well
    #[arg(long)]
    explain: bool,
}

const EXAMPLES: &str = "\
Examples:
  postern sign --secret-env SECRET clickid=abc event=ftd status=approved amount=50.00 currency=USD
  postern sign --secret-file acme.secret --form raw --body '{\"clickid\":\"abc\"}' --explain
  postern sign --secret-env SECRET --query 'clickid=abc&event=lead&status=approved'";

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let payload = args.payload.payload(Encoding::Json)?;
    let form = args.payload.form(&payload);
    let time = args.time.map(|time| time.to_string());
    let signed = payload.sign(&args.key.read()?, form, time.as_deref())?;
    if args.explain {
        say(format!("form    {form}"))?;
        say(format!("signed  {}", String::from_utf8_lossy(&signed.text)))?;
        say(format!("sign    {}", signed.sign))?;
    } else {
        say(signed.sign)?;
    }
    Ok(ExitCode::SUCCESS)
}
