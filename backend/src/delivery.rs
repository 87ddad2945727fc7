//! What arrives: a verified request, read by the protocol's one parser.
//!
//! The edge has read the same bytes with the same code and checked the signature, so here nothing
//! is checked again; the fields become an event, or a list of what is wrong with them.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Bytes;
use postern_protocol::event::{Event, NotAnEvent, test_mark};
use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::proof::Proof;
use postern_protocol::request::{Encoding, Field, Method, Postback, Request, Unreadable};
use postern_protocol::sign::Form;
use postern_protocol::time::UnixSeconds;
use uuid::Uuid;

use crate::agreement::Agreement;
use crate::ledger::{Basis, Fingerprint};

/// One verified request, as it is recorded.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its id: UUIDv7, so that ids sort by the time of receipt.
    pub id: Uuid,
    /// When it was received.
    pub received_at: UnixSeconds,
    /// Who sent it.
    pub partner: PartnerId,
    /// Which of the partner's secrets signed it.
    pub key: KeyId,
    /// Which form the signature matched.
    pub form: Form,
    /// From where it came.
    pub address: IpAddr,
    /// The request id in the edge's log; empty where it gave none.
    pub request_id: String,
    /// How it was sent.
    pub method: Method,
    /// The `Content-Type` it came with.
    pub content_type: Option<String>,
    /// The raw query; empty where there is none.
    pub query: String,
    /// The raw body; empty for GET.
    pub body: Bytes,
    /// The click it names, as sent; empty where it names none.
    pub clickid: String,
    /// The name of its content, with the request id where content alone could not tell a retry.
    pub fingerprint: Fingerprint,
    /// What the sender should know, in plain words.
    pub warnings: Vec<String>,
    /// What it says, or why it says nothing that could be booked.
    pub event: Result<Event, NotAnEvent>,
    /// What was agreed with the partner when it was received.
    pub agreement: Arc<Agreement>,
    /// What makes it a test; `None`: it is a live one.
    pub test: Option<TestMark>,
}

/// What makes a delivery a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestMark {
    /// A test secret signed it: then it is one, whatever its fields say.
    Secret,
    /// Its field `test` says so.
    Field,
}

/// A verified request before it is read.
#[derive(Debug)]
pub struct Arrival {
    /// What the edge has established.
    pub proof: Proof,
    /// The request id in the edge's log; empty where it gave none.
    pub request_id: String,
    /// How it was sent.
    pub method: Method,
    /// How its fields are written.
    pub encoding: Encoding,
    /// The `Content-Type` it came with.
    pub content_type: Option<String>,
    /// The signature's header, where there is one.
    pub sign_header: Option<Bytes>,
    /// The raw query.
    pub query: String,
    /// The raw body.
    pub body: Bytes,
}

/// Why a verified request could not be read. The edge reads with the same code, so each of these
/// means that edge and backend are not of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misread {
    /// The parser refuses it.
    Unreadable(Unreadable),
    /// Its payload names another partner than the edge identified.
    OtherSource,
}

impl Arrival {
    /// Reads the request into a delivery with this id, received at this time; its amounts are in
    /// the unit of the agreement.
    ///
    /// # Errors
    /// [`Misread`].
    pub fn read(
        self,
        id: Uuid,
        received_at: UnixSeconds,
        agreement: Arc<Agreement>,
    ) -> Result<Delivery, Misread> {
        let request = Request {
            encoding: self.encoding,
            query: self.query.as_bytes(),
            body: &self.body,
            sign_header: self.sign_header.as_deref(),
            time_header: None,
        };
        let postback = request.read().map_err(Misread::Unreadable)?;
        let proof = self.proof;
        let other = |source| source != proof.partner.as_str();
        if postback.source().is_some_and(other) {
            return Err(Misread::OtherSource);
        }
        let clickid = postback.get("clickid").map_or("", Field::value);
        let mark = test_mark(&postback);
        let test = TestMark::of(&proof.key, mark);
        let stays = (test.is_some() && mark == Some(false)).then(|| STAYS_A_TEST.to_owned());
        let warnings = postback.warnings().iter().map(ToString::to_string);
        let event = Event::read(&postback, agreement.amount_unit);
        let is_nameless = matches!(&event, Ok(event) if Basis::of(event) == Basis::Content);
        let request_id = if is_nameless { &*self.request_id } else { "" };
        Ok(Delivery {
            id,
            received_at,
            clickid: clickid.to_owned(),
            fingerprint: fingerprint(&proof.partner, &postback, request_id),
            warnings: warnings.chain(stays).collect(),
            event,
            agreement,
            test,
            partner: proof.partner,
            key: proof.key,
            form: proof.form,
            address: proof.address,
            request_id: self.request_id,
            method: self.method,
            content_type: self.content_type,
            query: self.query,
            body: self.body,
        })
    }
}

/// What a sender is told that says `test=0` and signs with a test secret.
const STAYS_A_TEST: &str =
    "a test secret signed this, so it is a test whatever `test` says; sign with the live secret";

impl TestMark {
    /// The secret says more than the field: who was given only a test secret can book nothing.
    fn of(key: &KeyId, mark: Option<bool>) -> Option<Self> {
        match mark {
            _ if key.is_test() => Some(Self::Secret),
            Some(true) => Some(Self::Field),
            _ => None,
        }
    }

    /// The word in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Field => "field",
        }
    }
}

impl Delivery {
    /// `GET` or `POST`.
    #[must_use]
    pub const fn method_name(&self) -> &'static str {
        match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// `source` is left out with `sign`: the partner stands for it, however it was named.
///
/// The edge repeats a request that was lost between it and us, under the same request id. Where an
/// event carries nothing to tell such a retry from a second event, the id does: so it is part of
/// that content. Elsewhere it is not, as a sender's own retry is a new request.
fn fingerprint(partner: &PartnerId, postback: &Postback<'_>, request_id: &str) -> Fingerprint {
    let mut fields: Vec<(&str, &str)> = postback
        .fields()
        .iter()
        .map(|field| (field.name(), field.value()))
        .filter(|(name, _)| !matches!(*name, "sign" | "source"))
        .collect();
    if !request_id.is_empty() {
        // A field without a name cannot be sent.
        fields.push(("", request_id));
    }
    Fingerprint::of_fields(partner, &mut fields)
}
