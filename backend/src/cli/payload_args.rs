//! The postback that `sign` and `send` are given: fields, or a text as it is.

use clap::ValueEnum;
use postern_protocol::request::Encoding;
use postern_protocol::sign::Form;

use super::failure::Failure;
use crate::sending::{Pair, Payload};

#[derive(Debug, clap::Args)]
pub(super) struct PayloadArgs {
    /// Fields as name=value, or name:=value for a JSON number, true, false or null
    #[arg(value_name = "FIELD")]
    fields: Vec<Pair>,
    /// The body as it is, instead of fields
    #[arg(long, conflicts_with_all = ["fields", "query"], value_name = "TEXT")]
    body: Option<String>,
    /// The query string as it is, instead of fields
    #[arg(long, conflicts_with = "fields", value_name = "TEXT")]
    query: Option<String>,
    /// How the fields are written [default: json; query with --query]
    #[arg(long, value_enum)]
    encoding: Option<EncodingArg>,
    /// What is signed: raw, json, json-ascii, json-utf8, json-slash, params or params-decoded
    /// [default: json for JSON, params for form and query]
    #[arg(long)]
    form: Option<Form>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EncodingArg {
    /// A JSON body
    Json,
    /// A form-encoded body
    Form,
    /// The query string
    Query,
}

impl EncodingArg {
    pub(super) const fn encoding(self) -> Encoding {
        match self {
            Self::Json => Encoding::Json,
            Self::Form => Encoding::Form,
            Self::Query => Encoding::Query,
        }
    }
}

impl PayloadArgs {
    /// The payload; fields are written as `otherwise` when no encoding is asked for.
    pub(super) fn payload(&self, otherwise: Encoding) -> Result<Payload, Failure> {
        let asked = self.encoding.map(EncodingArg::encoding);
        match (&self.body, &self.query) {
            (Some(_), _) if asked == Some(Encoding::Query) => Err(Failure::new(
                "a query postback has no body; give its text with --query",
            )),
            (_, Some(_)) if asked.is_some_and(|asked| asked != Encoding::Query) => Err(
                Failure::new("--query is for the query string; give a body with --body"),
            ),
            (Some(text), _) => Ok(Payload::given(
                asked.unwrap_or(Encoding::Json),
                text.clone(),
            )),
            (_, Some(text)) => Ok(Payload::given(Encoding::Query, text.clone())),
            _ if self.fields.is_empty() => Err(Failure::new(
                "there is nothing to sign; write fields as clickid=abc event=lead status=approved",
            )),
            _ => Ok(Payload::of(asked.unwrap_or(otherwise), &self.fields)),
        }
    }

    /// Whether neither fields nor a text were given.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.body.is_none() && self.query.is_none()
    }

    /// The encoding that was asked for.
    pub(super) fn encoding(&self) -> Option<EncodingArg> {
        self.encoding
    }

    /// The form that was asked for, else the usual one of the payload's encoding.
    pub(super) fn form(&self, payload: &Payload) -> Form {
        self.form_in(payload.encoding())
    }

    /// The form that was asked for, else the usual one of this encoding.
    pub(super) fn form_in(&self, encoding: Encoding) -> Form {
        self.form.unwrap_or(match encoding {
            Encoding::Json => Form::Json,
            Encoding::Form | Encoding::Query => Form::Params,
        })
    }
}
