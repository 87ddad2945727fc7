//! `postern send`: post a signed postback as a partner would.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use postern_protocol::request::Encoding;
use postern_protocol::sign::Form;
use reqwest::Url;

use super::failure::Failure;
use super::key_arg::KeyArg;
use super::output::say;
use super::payload_args::{EncodingArg, PayloadArgs};
use crate::clock::Clock;
use crate::files;
use crate::sending::Payload;
use crate::sending::post::{Connection, Parcel};

/// Posts a signed postback and prints the status and the answer.
///
/// Exits with 0 when it was taken, with 1 when it was refused or nobody answered.
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
}

const EXAMPLES: &str = "\
Examples:
  postern send https://localhost:8443/v1/event --insecure --source acme --secret-env SECRET \\
      clickid=abc event=ftd status=approved amount=50.00 currency=USD timestamp:=1717000000
  postern send http://127.0.0.1:8080/v1/event --method get --source acme --secret-env SECRET \\
      clickid=abc event=lead status=approved";

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
    let parcel = parcel(args)?;
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
    let client = connection.client()?;
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

fn parcel(args: &Args) -> Result<Parcel, Failure> {
    let payload = payload(args)?;
    let form = args.payload.form(&payload);
    let time = args
        .with_time
        .then(|| Clock::system().unix_seconds().to_string());
    let sign = payload.sign(&args.key.read()?, form, time.as_deref())?.sign;
    let usual = if form == Form::Raw {
        SignIn::Header
    } else {
        SignIn::Payload
    };
    let (payload, sign) = match args.sign_in.unwrap_or(usual) {
        SignIn::Header => (payload, Some(sign)),
        SignIn::Payload if form == Form::Raw => {
            return Err(Failure::new(
                "the form raw signs the whole body: its sign travels in the header",
            ));
        }
        SignIn::Payload => (payload.with_sign(&sign), None),
    };
    Ok(Parcel {
        url: args.url.clone(),
        payload,
        source: args.source.clone(),
        sign,
        time,
    })
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
