//! Signing and verifying, side by side.

use std::borrow::Cow;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::text::{
    covers_raw, is_sent_as_signed, is_written_one_way, reads_as_sent, signed_fields, written,
};
use super::{Form, FormSet, Key, Keyring, Secret};
use crate::id::KeyId;
use crate::request::{Encoding, Postback, Request};
use crate::time::UnixSeconds;

/// HMAC-SHA256, as bytes.
type Tag = [u8; 32];

/// What a valid signature has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The form whose text was signed.
    pub form: Form,
    /// The secret it was signed with.
    pub key_id: &'k KeyId,
}

/// Why a signature does not count. Strangers are told none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// There is none.
    #[error("there is no signature")]
    Missing,
    /// It is not 64 hex digits.
    #[error("the signature is not 64 hex digits")]
    Malformed,
    /// `X-RS-Timestamp` is not plain unix seconds.
    #[error("X-RS-Timestamp is not a unix time in seconds")]
    TimeMalformed,
    /// `X-RS-Timestamp` is too far from now.
    #[error("X-RS-Timestamp is too far from the clock here")]
    TimeOutside,
    /// None of the partner's secrets counts now.
    #[error("none of the partner's secrets counts now")]
    NoLiveKey,
    /// It fits no allowed form under no live secret.
    #[error("the signature fits none of the allowed forms")]
    Mismatch,
}

impl NotSigned {
    /// A stable name of the cause, for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "sign_missing",
            Self::Malformed => "sign_malformed",
            Self::TimeMalformed => "time_malformed",
            Self::TimeOutside => "time_outside",
            Self::NoLiveKey => "no_live_key",
            Self::Mismatch => "sign_mismatch",
        }
    }
}

/// Signs a request in one form: 64 lower hex digits, or `None` where the form does not apply.
///
/// The request's `time_header`, if any, is signed too.
#[must_use]
pub fn sign(
    secret: &Secret,
    form: Form,
    request: &Request<'_>,
    postback: &Postback<'_>,
) -> Option<String> {
    let text = super::text(form, postback, request.body)?;
    let tag = tag(secret.mac(), request.time_header, &text);
    let digits = tag.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits
        .map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

impl Keyring {
    /// Checks a postback's signature: every distinct text of the allowed forms under every live
    /// secret, without stopping at the first that fits, so that time tells nothing.
    ///
    /// One signature must not count for two postbacks. So where texts as sent are allowed too,
    /// [`Form::ParamsDecoded`] is passed over once a decoded name or value holds `%` or `+`; a
    /// partner who sends such values and signs them decoded is pinned to that form.
    ///
    /// `postback` is what `request` was read into. `tolerance_seconds` bounds how far
    /// `X-RS-Timestamp`, when present, may be from `now`, in either direction.
    ///
    /// # Errors
    /// The first reason why the signature does not count.
    pub fn verify(
        &self,
        request: &Request<'_>,
        postback: &Postback<'_>,
        forms: FormSet,
        now: UnixSeconds,
        tolerance_seconds: u32,
    ) -> Result<Verified<'_>, NotSigned> {
        let given =
            unhex(postback.sign().ok_or(NotSigned::Missing)?).ok_or(NotSigned::Malformed)?;
        check_time(request.time_header, now, tolerance_seconds)?;
        let mut live = self.live(now).peekable();
        if live.peek().is_none() {
            return Err(NotSigned::NoLiveKey);
        }
        let mut texts = distinct_texts(request, postback, forms);
        if request.time_header.is_none() {
            texts.retain(|(_, text)| !starts_with_a_time(text));
        }
        let mut found = None;
        for key in live {
            for (form, text) in &texts {
                let fits = fits(key, request.time_header, text, &given);
                if bool::from(fits) && found.is_none() {
                    found = Some(Verified {
                        form: *form,
                        key_id: &key.id,
                    });
                }
            }
        }
        found.ok_or(NotSigned::Mismatch)
    }
}

fn check_time(header: Option<&[u8]>, now: UnixSeconds, tolerance: u32) -> Result<(), NotSigned> {
    let Some(header) = header else { return Ok(()) };
    let sent = UnixSeconds::parse(header).ok_or(NotSigned::TimeMalformed)?;
    if sent.seconds_apart(now) > u64::from(tolerance) {
        return Err(NotSigned::TimeOutside);
    }
    Ok(())
}

/// The texts of all allowed forms that apply, each once, under the first form that gives it.
fn distinct_texts<'b>(
    request: &Request<'b>,
    postback: &Postback<'_>,
    forms: FormSet,
) -> Vec<(Form, Cow<'b, [u8]>)> {
    let mut texts: Vec<(Form, Cow<'b, [u8]>)> = Vec::with_capacity(2);
    if forms.contains(Form::Raw) && covers_raw(postback) && postback.sign_in_header() {
        texts.push((Form::Raw, request.body.into()));
    }
    // As nearly everybody sends it: the body is its own text in all forms.
    if forms.contains(Form::Json)
        && is_sent_as_signed(postback, request.body)
        && is_written_one_way(request.body, Encoding::Json)
    {
        if texts.is_empty() {
            texts.push((Form::Json, request.body.into()));
        }
        return texts;
    }
    let fields = signed_fields(postback);
    let takes_as_sent = forms.contains(Form::Params) || forms.contains(Form::Raw);
    for form in forms.iter().filter(|&form| form != Form::Raw) {
        if form == Form::ParamsDecoded && takes_as_sent && reads_as_sent(&fields) {
            continue;
        }
        let Some(text) = written(form, &fields, postback.encoding()) else {
            continue;
        };
        let is_last = is_written_one_way(&text, postback.encoding());
        if !texts.iter().any(|(_, known)| is_same(known, &text)) {
            texts.push((form, text.into()));
        }
        if is_last {
            break;
        }
    }
    texts
}

/// Whether two texts are the same. Without an early end such a loop runs many bytes at a time; the comparison of slices
/// goes byte by byte inside wasm.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let differing = |bits, (a, b): (&u8, &u8)| bits | (a ^ b);
    a.len() == b.len() && a.iter().zip(b).fold(0, differing) == 0
}

/// Whether a text could be a signed time and the text it was signed with. It counts only with
/// the time in its header: else whoever strips the header could pass `1717000000.amount` off as
/// the name of a field, and so lose both the time and the amount.
fn starts_with_a_time(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && text.get(digits) == Some(&b'.')
}

fn fits(key: &Key, time_header: Option<&[u8]>, text: &[u8], given: &Tag) -> Choice {
    words(&tag(key.secret.mac(), time_header, text)).ct_eq(&words(given))
}

/// A tag as four numbers: `ct_eq` makes one step for each, which hides from the compiler what it compares.
fn words(tag: &Tag) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(tag.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

fn tag(mut mac: Hmac<Sha256>, time_header: Option<&[u8]>, text: &[u8]) -> Tag {
    if let Some(time) = time_header {
        mac.update(time);
        mac.update(b".");
    }
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// 64 hex digits of either case. Without early ends or branches, so that both loops run many bytes at a time.
fn unhex(digits: &str) -> Option<Tag> {
    let digits: &[u8; 64] = digits.as_bytes().try_into().ok()?;
    let all_hex = |all, digit: &u8| all & digit.is_ascii_hexdigit();
    if !digits.iter().fold(true, all_hex) {
        return None;
    }
    // The low half of a digit's code is its value; of a letter's, nine less.
    let nibble = |digit: u8| (digit & 0xf) + 9 * (digit >> 6);
    let mut tag = [0; 32];
    for (byte, [high, low]) in tag.iter_mut().zip(digits.as_chunks::<2>().0) {
        *byte = nibble(*high) << 4 | nibble(*low);
    }
    Some(tag)
}

#[cfg(test)]
mod tests;
