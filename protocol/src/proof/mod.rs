//! The one header between gate and backend: what the gate has established.
//!
//! It carries a token that only the two of them hold. Without it the backend takes nothing, so
//! a gate that is missing or passed by lets nobody in.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::{fmt, str};

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::id::{KeyId, PartnerId};
use crate::limits::{MAX_PROOF_TOKEN_BYTES, MAX_PROOF_TOKENS, MIN_PROOF_TOKEN_BYTES};
use crate::sign::Form;

/// The header's name.
pub const PROOF_HEADER: &str = "x-postern-proof";
/// Names the verified partner for Envoy's filters behind the gate, where the edge's configuration asks for it.
pub const PARTNER_HEADER: &str = "x-postern-partner";
/// Every header that starts with it is the gate's to set: inbound ones are removed.
pub const IDENTITY_HEADER_PREFIX: &str = "x-postern-";

/// Why a text is no token. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Shorter than 32 or longer than 128 characters.
    #[error("must have {MIN_PROOF_TOKEN_BYTES} to {MAX_PROOF_TOKEN_BYTES} characters")]
    Length,
    /// A character outside `A-Z a-z 0-9 _ -`.
    #[error("may hold letters, digits, `_` and `-` only")]
    Alphabet,
    /// No token, or more than two.
    #[error("give one token, or two while one takes the other's place")]
    Count,
}

/// A token that gate and backend share.
#[derive(Clone)]
pub struct ProofToken(Zeroizing<String>);

impl ProofToken {
    /// Takes a token of 32 to 128 of `A-Z a-z 0-9 _ -`.
    ///
    /// # Errors
    /// Wrong length or alphabet.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if !(MIN_PROOF_TOKEN_BYTES..=MAX_PROOF_TOKEN_BYTES).contains(&text.len()) {
            return Err(TokenError::Length);
        }
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if !text.bytes().all(fits) {
            return Err(TokenError::Alphabet);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The token itself. Named so that each use stands out when read.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProofToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofToken(…)")
    }
}

/// The tokens a backend accepts: one, or two while one takes the other's place.
#[derive(Debug, Clone)]
pub struct ProofTokens(Vec<ProofToken>);

impl ProofTokens {
    /// Takes one or two tokens.
    ///
    /// # Errors
    /// None, or more than two.
    pub fn new(tokens: Vec<ProofToken>) -> Result<Self, TokenError> {
        if (1..=MAX_PROOF_TOKENS).contains(&tokens.len()) {
            Ok(Self(tokens))
        } else {
            Err(TokenError::Count)
        }
    }

    /// Reads a file of one token a line; blank lines and outer blanks do not count.
    ///
    /// # Errors
    /// A line that is no token, none, or more than two.
    pub fn parse_lines(text: &str) -> Result<Self, TokenError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self::new(lines.map(ProofToken::parse).collect::<Result<_, _>>()?)
    }

    /// The tokens in order; the gate sends the first.
    #[must_use]
    pub fn tokens(&self) -> &[ProofToken] {
        &self.0
    }

    /// Compares with every token, whichever fits.
    fn accept(&self, given: &[u8]) -> bool {
        let fits = |token: &ProofToken| token.expose().as_bytes().ct_eq(given);
        let none = Choice::from(0);
        self.0
            .iter()
            .fold(none, |any, token| any | fits(token))
            .into()
    }
}

/// What the gate has established about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Who posts.
    pub partner: PartnerId,
    /// The secret that signed.
    pub key: KeyId,
    /// The form that was signed.
    pub form: Form,
    /// Where the request came from.
    pub address: IpAddr,
}

/// Why a proof is none. The token is looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefused {
    /// No accepted token.
    #[error("the proof's token is not accepted here")]
    Token,
    /// The token is good, the rest is not what a gate of this version writes.
    #[error("the proof cannot be read; gate and backend must be of one version")]
    Malformed,
}

/// The header's value: `token=<t>;partner=<id>;key=<id>;form=<f>;address=<ip>`.
#[must_use]
pub fn encode(
    token: &ProofToken,
    partner: &PartnerId,
    key: &KeyId,
    form: Form,
    address: IpAddr,
) -> String {
    let mut header = String::with_capacity(320);
    header.push_str("token=");
    header.push_str(token.expose());
    header.push_str(";partner=");
    header.push_str(partner.as_str());
    header.push_str(";key=");
    header.push_str(key.as_str());
    header.push_str(";form=");
    header.push_str(form.name());
    header.push_str(";address=");
    push_address(&mut header, address);
    header
}

/// The address as it is usually written. V4 by hand: it stands in each request, and formatting is dear.
fn push_address(header: &mut String, address: IpAddr) {
    let IpAddr::V4(v4) = address else {
        // Writing to a String cannot fail.
        let _ = write!(header, "{address}");
        return;
    };
    for (n, octet) in v4.octets().into_iter().enumerate() {
        if n > 0 {
            header.push('.');
        }
        for (is_written, divisor) in [(octet >= 100, 100), (octet >= 10, 10), (true, 1)] {
            if is_written {
                header.push(char::from(b'0' + octet / divisor % 10));
            }
        }
    }
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// A token that is not accepted, or anything [`encode`] would not have written.
pub fn decode(header: &[u8], accepted: &ProofTokens) -> Result<Proof, ProofRefused> {
    let (token, rest) = split_token(header).ok_or(ProofRefused::Token)?;
    if !accepted.accept(token) {
        return Err(ProofRefused::Token);
    }
    read_rest(rest).ok_or(ProofRefused::Malformed)
}

fn split_token(header: &[u8]) -> Option<(&[u8], &[u8])> {
    let token_on = header.strip_prefix(b"token=")?;
    let end = token_on.iter().position(|&b| b == b';')?;
    token_on.split_at_checked(end)
}

fn read_rest(rest: &[u8]) -> Option<Proof> {
    let rest = str::from_utf8(rest).ok()?.strip_prefix(";partner=")?;
    let (partner, rest) = rest.split_once(";key=")?;
    let (key, rest) = rest.split_once(";form=")?;
    let (form, address) = rest.split_once(";address=")?;
    Some(Proof {
        partner: PartnerId::parse(partner).ok()?,
        key: KeyId::parse(key).ok()?,
        form: Form::parse(form)?,
        address: address.parse().ok()?,
    })
}

#[cfg(test)]
mod tests;
