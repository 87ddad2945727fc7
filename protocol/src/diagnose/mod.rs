//! The signature doctor: why a signature does not fit, and what to change.
//!
//! [`diagnose`] asks [`Keyring::verify`] first, so it can call nothing right that the gate would
//! refuse. For all else it searches: each form (`bases`) and each known way to go wrong from it
//! (`deviations`, written out by `text`), under each secret and each known way to mishandle it
//! (`secrets`), by each way of signing (`mac`); one mistake before two, within an [`Effort`].
//! The first combination that gives the caller's own signature names the [`Cause`]s.
//!
//! # Why strangers cannot use it to sign
//!
//! - It only ever *compares*. No digest it computes leaves the `mac` module, neither whole nor
//!   in part; what leaves are the names of causes. Comparisons are of whole digests, in constant
//!   time: who has no signature must guess one, and all the candidates of one request make that
//!   no likelier than some thousand times 2⁻¹²⁸, and of what the gate takes 2⁻²⁵⁶.
//! - The texts it shows are made of the caller's own request alone. No secret goes into them:
//!   a text is written before any key is at hand. Snippets read the secret from a variable.
//! - It confirms a mishandled secret only to who has made a whole digest with it, who so has the
//!   secret. What everybody can make (an empty secret, the sample's, a plain hash of the text)
//!   says nothing of the partner's secrets. The gate takes none of them.
//! - A guess at a secret costs a request here as at the gate, and the gate's answer tells as much.
//! - It changes nothing: a captured request can be shown to it and is booked by nobody.
//! - What it costs is bounded by its effort. At the edge it is asked by allowed addresses only,
//!   from a bucket of its own, so nobody can use up a partner's rate or failures with it.

mod advice;
mod bases;
mod cause;
mod deviations;
mod encoders;
mod given;
mod language;
mod mac;
mod recipe;
mod report;
mod search;
mod secrets;
mod text;

pub use cause::Cause;
pub use report::{Diagnosis, Proposed, ShownText};
pub use search::Effort;

use crate::id::PartnerId;
use crate::request::{Postback, Request, UnsupportedMediaType};
use crate::sign::{FormSet, Keyring};
use crate::time::UnixSeconds;
use given::Given;
use search::{Outcome, Search};
use text::Sent;

/// A request whose signature is to be explained, and the partner it names.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The request, or why its body's type is not taken.
    pub request: Result<Request<'a>, UnsupportedMediaType>,
    /// Whose it is.
    pub partner: &'a PartnerId,
    /// All secrets of that partner, whether they count now or not.
    pub keys: &'a Keyring,
    /// The forms it may sign in.
    pub forms: FormSet,
    /// The clock.
    pub now: UnixSeconds,
    /// How far `X-RS-Timestamp` may be from it.
    pub tolerance_seconds: u32,
    /// Host and port the request was sent to, if known.
    pub authority: Option<&'a str>,
    /// The sender's `User-Agent`, if known.
    pub user_agent: Option<&'a [u8]>,
    /// How much work it may be.
    pub effort: Effort,
}

/// Says which form a signature fits, or why it fits none.
#[must_use]
pub fn diagnose(asked: &Asked<'_>) -> Diagnosis {
    let request = match &asked.request {
        Ok(request) => request,
        Err(cause) => return Diagnosis::unread(asked, Cause::MediaType(*cause)),
    };
    let postback = match request.read() {
        Ok(postback) => postback,
        Err(cause) => return Diagnosis::unread(asked, Cause::Unreadable(cause)),
    };
    let sent = Sent::new(request, &postback, asked.authority, Some(asked.partner));
    let names_another = |source: &str| source != asked.partner.as_str();
    if postback.source().is_some_and(names_another) {
        return Diagnosis::unread(asked, Cause::SourceConflict);
    }
    let verified = asked.keys.verify(
        request,
        &postback,
        asked.forms,
        asked.now,
        asked.tolerance_seconds,
    );
    match verified {
        Ok(verified) => Diagnosis::right(asked, &sent, verified),
        Err(_) => wrong(asked, request, &postback, &sent),
    }
}

fn wrong(
    asked: &Asked<'_>,
    request: &Request<'_>,
    postback: &Postback<'_>,
    sent: &Sent<'_>,
) -> Diagnosis {
    let mut causes: Vec<Cause> = time_cause(asked, request).into_iter().collect();
    let Some((sign, mangled)) = sign_of(postback) else {
        causes.insert(0, Cause::SignMissing);
        return Diagnosis::wrong(asked, sent, causes, None);
    };
    causes.extend(mangled);
    let Some(given) = given::read(sign) else {
        causes.push(given::complaint(sign));
        return Diagnosis::wrong(asked, sent, causes, None);
    };
    let live = secrets::live(asked.keys, asked.now);
    let search = Search {
        sent,
        given: &given,
        live: &live,
        others: &secrets::others(asked.keys, asked.now),
        effort: asked.effort,
    };
    let outcome = search.run(bases::of(request, postback, asked.forms));
    if live.is_empty() {
        causes.push(Cause::NoLiveKey);
    }
    match outcome {
        Outcome::Found(found) => {
            let digest =
                mac::digest_of(given.tag.len()).map(|digest| Cause::OtherDigest { digest });
            causes.extend(given.causes.into_iter().chain(digest).chain(found.causes));
            Diagnosis::wrong(asked, sent, causes, Some(&found.text))
        }
        Outcome::NotFound | Outcome::Spent => {
            causes.extend(unexplained(sign, given, sent));
            let spent = matches!(outcome, Outcome::Spent);
            Diagnosis::wrong(asked, sent, causes, None).after(spent)
        }
    }
}

/// The signature, and what has eaten its name where something has.
fn sign_of<'p>(postback: &'p Postback<'_>) -> Option<(&'p str, Option<Cause>)> {
    if let Some(sign) = postback.sign() {
        return Some((sign, None));
    }
    let field = "sign".to_owned();
    let sign = postback.get("amp;sign")?.value();
    Some((sign, Some(Cause::MangledEntity { field })))
}

/// What is seen although no text fits: each may be the cause, none is proved to be.
fn unexplained(sign: &str, given: Given, sent: &Sent<'_>) -> Vec<Cause> {
    let mut causes = given.causes;
    if mac::digest_of(given.tag.len()).is_some() {
        causes.push(given::complaint(sign));
    }
    causes.extend(sent.macros().map(|field| Cause::MacroLeftIn { field }));
    let mangled = sent.repaired().or_else(|| sent.field_with_amp());
    causes.extend(mangled.map(|field| Cause::MangledEntity { field }));
    causes.push(Cause::NoneFound);
    causes
}

/// Milliseconds since 1970 have thirteen digits until the year 2286.
const MILLISECONDS_DIGITS: usize = 13;

fn time_cause(asked: &Asked<'_>, request: &Request<'_>) -> Option<Cause> {
    let header = request.time_header?;
    if header.len() == MILLISECONDS_DIGITS && header.iter().all(u8::is_ascii_digit) {
        return Some(Cause::TimeInMilliseconds);
    }
    let Some(time) = UnixSeconds::parse(header) else {
        return Some(Cause::TimeMalformed);
    };
    let seconds_apart = time.seconds_apart(asked.now);
    let outside = seconds_apart > u64::from(asked.tolerance_seconds);
    outside.then_some(Cause::TimeOutside { seconds_apart })
}

#[cfg(test)]
mod tests;
