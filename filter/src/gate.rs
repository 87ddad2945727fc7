//! The order of decisions: route and method, partner, address, failure throttle, client certificate where the partner has
//! one, size and media type, the throttle once more when the body is here, signature, the partner's bucket. What is cheap and says nothing comes first; only a request
//! that passed everything takes a token, so nobody can use up a partner's rate for it; only refusals after the address
//! check count as failures of that address.

use crate::buckets::{Limit, Taken};
use crate::callers;
use crate::counters::Counters;
use crate::decision::{Accepted, Decision, Refused};
use crate::headers::Headers;
use crate::host::{Host, NANOS_PER_SECOND, UnixNanos};
use crate::partners::{Partner, Partners};
use crate::throttle::{Slot, Throttle};
use postern_protocol::answer::Refusal;
use postern_protocol::edge::EdgeConfig;
use postern_protocol::proof::{self, ProofToken};
use postern_protocol::request::{
    EVENT_PATH, Encoding, Method, Request, SourceError, Unreadable, UnsupportedMediaType,
    body_encoding, source_of,
};
use postern_protocol::time::UnixSeconds;
use std::net::IpAddr;
use std::rc::Rc;

/// The gate of one configuration in one worker. What it counts lies in shared data.
pub struct Gate {
    proof: ProofToken,
    max_body_bytes: u32,
    partner_header: bool,
    partners: Partners,
}

/// A request that passed every check the headers alone decide.
pub struct Admitted {
    partner: Rc<Partner>,
    encoding: Encoding,
    address: IpAddr,
    slot: Slot,
}

impl Gate {
    /// The gate for a valid configuration, its partners counted in `counters`.
    #[must_use]
    pub fn new(config: EdgeConfig, counters: &mut Counters) -> Gate {
        let failures = config.failure_throttle;
        // Not divided by `replicas`: it guards this Envoy, it is nothing agreed with a partner.
        let limit = Limit::share(failures.tokens, failures.per_seconds, failures.burst, 1);
        let seed = config.proof.expose().as_bytes();
        let throttle = |partner| Throttle::new(partner, limit, seed);
        Gate {
            partners: Partners::new(config.partners, config.replicas, throttle, counters),
            max_body_bytes: config.max_body_bytes,
            partner_header: config.partner_header,
            proof: config.proof,
        }
    }

    /// The largest body that is waited for, in bytes.
    #[must_use]
    pub fn max_body_bytes(&self) -> u64 {
        u64::from(self.max_body_bytes)
    }

    /// Whether what is let in names its partner for the filters behind this one.
    #[must_use]
    pub fn names_partners(&self) -> bool {
        self.partner_header
    }

    /// Every check that the headers alone decide.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn admit(&self, host: &impl Host, headers: &Headers) -> Result<Admitted, Refused> {
        let method = route(headers)?;
        let (partner, address) = self.identify(host, headers)?;
        let slot = partner.throttle.slot(address);
        hold_off(host, &partner, slot)?;
        let shape = check_certificate(host, &partner)
            .and_then(|()| self.check_shape(method, headers).map_err(Refused::from));
        match shape {
            Ok(encoding) => Ok(Admitted {
                partner,
                encoding,
                address,
                slot,
            }),
            Err(refused) => {
                partner.throttle.note_failure(host, slot, host.now());
                Err(refused.by(&partner))
            }
        }
    }

    /// Every check that needs the body, which is complete now.
    pub fn judge(
        &self,
        host: &impl Host,
        headers: &Headers,
        admitted: &Admitted,
        body: &[u8],
    ) -> Decision {
        if let Err(refused) = hold_off(host, &admitted.partner, admitted.slot) {
            return Decision::Refused(refused);
        }
        // Asked once: verifying takes microseconds, and the bucket bears a reading that old.
        let now = host.now();
        match self.check_signature(headers, admitted, body, now) {
            Ok(accepted) => match take_token(host, &admitted.partner, now) {
                Ok(()) => Decision::Accepted(accepted),
                Err(refused) => Decision::Refused(refused.by(&admitted.partner)),
            },
            Err(refused) => failed(host, admitted, refused),
        }
    }

    /// The body outgrew the limit while it was arriving.
    pub fn outgrown(&self, host: &impl Host, admitted: &Admitted) -> Decision {
        failed(host, admitted, self.body_too_large().into())
    }

    /// The partner the request names, or the only one that may call from there; and that it calls from where it may.
    pub(crate) fn identify(
        &self,
        host: &impl Host,
        headers: &Headers,
    ) -> Result<(Rc<Partner>, IpAddr), Refused> {
        let header = headers.once(&headers.source, Refusal::SourceConflict)?;
        let named = source_of(header, headers.query()).map_err(|error| match error {
            SourceError::Conflict => Refusal::SourceConflict,
            other => Refusal::SourceMalformed(other),
        })?;
        let forbidden = |reason| Refused::from(Refusal::Forbidden).because(reason);
        let address =
            callers::address(&host.caller()).ok_or_else(|| forbidden("address_unreadable"))?;
        let (partner, otherwise) = match named {
            Some(id) => (self.partners.find(&id), "partner_unknown"),
            None => (self.partners.only_one_at(address), "partner_not_named"),
        };
        let partner = partner.ok_or_else(|| forbidden(otherwise))?;
        if callers::listed(&partner.networks, address) {
            Ok((Rc::clone(partner), address))
        } else {
            Err(forbidden("address_not_listed").by(partner))
        }
    }

    /// Size and media type, as far as the headers tell them.
    fn check_shape(&self, method: Method, headers: &Headers) -> Result<Encoding, Refusal> {
        let announced_bytes = headers.content_length.unwrap_or(0);
        if announced_bytes > self.max_body_bytes() {
            return Err(self.body_too_large());
        }
        match method {
            Method::Get if announced_bytes > 0 => Err(Refusal::Unreadable(Unreadable::BodyOnGet)),
            Method::Get => Ok(Encoding::Query),
            Method::Post => media_type(headers).map_err(Refusal::UnsupportedMediaType),
        }
    }

    fn check_signature(
        &self,
        headers: &Headers,
        admitted: &Admitted,
        body: &[u8],
        now: UnixNanos,
    ) -> Result<Accepted, Refused> {
        let partner = &admitted.partner;
        let repeated_time = || Refused::from(Refusal::Unauthorized).because("time_repeated");
        let request = Request {
            encoding: admitted.encoding,
            query: headers.query(),
            body,
            sign_header: headers
                .once(&headers.sign, Refusal::Unreadable(Unreadable::SignConflict))?,
            time_header: headers
                .once(&headers.time, ())
                .map_err(|()| repeated_time())?,
        };
        let postback = request.read().map_err(Refusal::Unreadable)?;
        if postback
            .source()
            .is_some_and(|source| source != partner.id.as_str())
        {
            return Err(Refusal::SourceConflict.into());
        }
        let tolerance = partner.clock_tolerance_seconds;
        let verified = partner
            .keys
            .verify(&request, &postback, partner.forms, seconds(now), tolerance)
            .map_err(|error| Refused::from(Refusal::Unauthorized).because(error.code()))?;
        Ok(Accepted {
            proof: proof::encode(
                &self.proof,
                &partner.id,
                verified.key_id,
                verified.form,
                admitted.address,
            ),
            key: verified.key_id.clone(),
            form: verified.form,
            partner: Rc::clone(partner),
        })
    }

    pub(crate) fn body_too_large(&self) -> Refusal {
        let max_bytes = self.max_body_bytes;
        Refusal::BodyTooLarge { max_bytes }
    }
}

fn route(headers: &Headers) -> Result<Method, Refusal> {
    if headers.route() != EVENT_PATH.as_bytes() {
        return Err(Refusal::NotFound);
    }
    Method::parse(headers.method()).ok_or(Refusal::MethodNotAllowed)
}

pub(crate) fn media_type(headers: &Headers) -> Result<Encoding, UnsupportedMediaType> {
    body_encoding(
        headers.once(&headers.content_type, UnsupportedMediaType::Type)?,
        headers.once(&headers.content_encoding, UnsupportedMediaType::Compressed)?,
    )
}

/// The host is asked only for a partner that has certificates: all others pay nothing for it.
pub(crate) fn check_certificate(host: &impl Host, partner: &Partner) -> Result<(), Refused> {
    if partner.client_certificates.is_empty() {
        return Ok(());
    }
    callers::certified(&partner.client_certificates, &host.client_certificate())
        .map_err(|reason| Refused::from(Refusal::ClientCertificate).because(reason))
}

/// An error while this caller has to wait for its failures.
fn hold_off(host: &impl Host, partner: &Rc<Partner>, slot: Slot) -> Result<(), Refused> {
    let throttle = &partner.throttle;
    match throttle.wait(host, slot) {
        None => Ok(()),
        Some(wait_nanos) => Err(Refused::from(Refusal::TooManyFailures)
            .by(partner)
            .retry(wait_nanos, throttle.limit())),
    }
}

fn failed(host: &impl Host, admitted: &Admitted, refused: Refused) -> Decision {
    let partner = &admitted.partner;
    partner
        .throttle
        .note_failure(host, admitted.slot, host.now());
    Decision::Refused(refused.by(partner))
}

fn take_token(host: &impl Host, partner: &Partner, now: UnixNanos) -> Result<(), Refused> {
    let limit: Limit = partner.limit;
    let refused = Refused::from(Refusal::RateLimited);
    match partner.bucket.take(host, limit, now) {
        Taken::Yes => Ok(()),
        Taken::Empty { wait_nanos } => Err(refused.retry(wait_nanos, limit)),
        Taken::Contended => Err(refused.because("contended").retry(1, limit)),
    }
}

pub(crate) fn seconds(now: UnixNanos) -> UnixSeconds {
    UnixSeconds((now.0 / NANOS_PER_SECOND).cast_signed())
}
