//! `postern send`: post a signed postback as a partner would, or a whole self-check.

mod suite;

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use postern_protocol::request::Encoding;
use postern_protocol::sign::Form;
use reqwest::{Client, Url};

use super::failure::Failure;
use super::key_arg::KeyArg;
use super::output::say;
use super::payload_args::{EncodingArg, PayloadArgs};
use crate::clock::Clock;
use crate::files;
use crate::sending::Payload;
use crate::sending::post::{Connection, Parcel};

/// Posts a signed postback and prints the status and the answer; with --suite, a whole self-check.
///
/// Exits with 0 when it was taken, with 1 when it was refused or nobody answered. The self-check sends
/// tests alone, which are booked nowhere, says after each step what was expected and answered and what
/// to do about it, and exits with 0 when every step was as it should be.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Where to, as https://localhost:8443/v1/event; with --method get and no fields, its query
    /// is the postback
    url: Url,
    #[command(flatten)]
    key: KeyArg,
    #[command(flatten)]
    payload: PayloadArgs,
    /// The partner, sent as X-RS-Source
    #[arg(long, value_name = "PARTNER")]
    source: Option<String>,
    /// POST a body or GET with a query [default: what the encoding needs]
    #[arg(long, value_enum, ignore_case = true)]
    method: Option<MethodArg>,
    /// Where the sign travels [default: header for the form raw, else payload]
    #[arg(long, value_enum)]
    sign_in: Option<SignIn>,
    /// Send the time as X-RS-Timestamp, and sign it as well
    #[arg(long)]
    with_time: bool,
    /// The local address to post from, as 127.0.0.2
    #[arg(long, value_name = "ADDRESS")]
    from: Option<IpAddr>,
    /// Certificates to trust, in PEM
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Take any certificate; for tests only
    #[arg(long)]
    insecure: bool,
    /// How many times to post it
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeat: u32,
    /// Seconds to wait for each answer
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    #[command(flatten)]
    suite: suite::SuiteArgs,
}

const EXAMPLES: &str = "\
Examples:
  postern send https://localhost:8443/v1/event --insecure --source acme --secret-env SECRET \\
      clickid=abc event=ftd status=approved amount=50.00 currency=USD timestamp:=1717000000
  postern send http://127.0.0.1:8080/v1/event --method get --source acme --secret-env SECRET \\
      clickid=abc event=lead status=approved
  postern send https://postbacks.example.com/v1/event --suite --source acme --secret-env SECRET \\
      --form params --encoding query --certificate acme.html";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MethodArg {
    Get,
    Post,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SignIn {
    /// As the field `sign`
    Payload,
    /// As X-RS-Sign
    Header,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.suite.is_asked_for() {
        return suite::run(args);
    }
    let parcel = parcel(args)?;
    let client = client(args)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut all_taken = true;
    for _ in 0..args.repeat {
        let answer = runtime.block_on(parcel.post(&client))?;
        say(format!("{} {}", answer.status, answer.body.trim_end()))?;
        all_taken &= answer.is_ok();
    }
    Ok(if all_taken {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn client(args: &Args) -> Result<Client, Failure> {
    let connection = Connection {
        from: args.from,
        trusted: args
            .cacert
            .as_deref()
            .map(files::read)
            .transpose()?
            .map(String::into_bytes),
        insecure: args.insecure,
        timeout: Duration::from_secs(args.timeout),
    };
    Ok(connection.client()?)
}

fn parcel(args: &Args) -> Result<Parcel, Failure> {
    let payload = payload(args)?;
    let form = args.payload.form(&payload);
    let time = args
        .with_time
        .then(|| Clock::system().unix_seconds().to_string());
    let sign = payload.sign(&args.key.read()?, form, time.as_deref())?.sign;
    let (payload, sign) = match is_sign_in_header(args, form)? {
        true => (payload, Some(sign)),
        false => (payload.with_sign(&sign), None),
    };
    Ok(Parcel {
        url: args.url.clone(),
        payload,
        source: args.source.clone(),
        sign,
        time,
    })
}

fn is_sign_in_header(args: &Args, form: Form) -> Result<bool, Failure> {
    match (args.sign_in, form) {
        (Some(SignIn::Payload), Form::Raw) => Err(Failure::new(
            "the form raw signs the whole body: its sign travels in the header",
        )),
        (sign_in, form) => Ok(sign_in.map_or(form == Form::Raw, |it| it == SignIn::Header)),
    }
}

fn payload(args: &Args) -> Result<Payload, Failure> {
    let by_query = matches!(args.payload.encoding(), Some(EncodingArg::Query))
        || args.method == Some(MethodArg::Get);
    if by_query && args.payload.is_empty() {
        let query = args.url.query().unwrap_or_default();
        return Ok(Payload::given(Encoding::Query, query.to_owned()));
    }
    let otherwise = if by_query {
        Encoding::Query
    } else {
        Encoding::Json
    };
    let payload = args.payload.payload(otherwise)?;
    let is_query = payload.encoding() == Encoding::Query;
    match args.method {
        Some(MethodArg::Get) if !is_query => {
            Err(Failure::new("GET has no body; use --encoding query"))
        }
        Some(MethodArg::Post) if is_query => {
            Err(Failure::new("POST has a body; use --encoding json or form"))
        }
        _ if is_query && args.url.query().is_some() => Err(Failure::new(
            "give the postback either as fields or as the URL's query, not both",
        )),
        _ => Ok(payload),
    }
}
