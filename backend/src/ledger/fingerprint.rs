//! A short name for content, so that the same content is found again.

use std::fmt;

use postern_protocol::event::Event;
use postern_protocol::id::PartnerId;
use sha2::{Digest, Sha256};

/// SHA-256 over content. Two contents share one only by breaking SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of a partner and decoded fields as (name, value), `sign` left out, in any order.
    ///
    /// The same fields sent as JSON, form or query have the same fingerprint.
    #[must_use]
    pub fn of_fields(partner: &PartnerId, fields: &mut [(&str, &str)]) -> Self {
        fields.sort_unstable();
        let mut hash = Sha256::new();
        absorb(&mut hash, partner.as_str());
        for (name, value) in fields {
            absorb(&mut hash, name);
            absorb(&mut hash, value);
        }
        Self(hash.finalize().into())
    }

    /// Of what an event tells apart from its status: for events that carry neither a transaction
    /// id nor a timestamp.
    ///
    /// The reason is left out with the status, as it comes with it. Fields we do not know are left
    /// out too: they may be a sender's counter of attempts.
    #[must_use]
    pub fn of_event(event: &Event) -> Self {
        let mut hash = Sha256::new();
        absorb(&mut hash, event.kind.name());
        let (minor, currency) = event.money.map_or((String::new(), ""), |money| {
            (money.minor().to_string(), money.currency().code())
        });
        absorb(&mut hash, &minor);
        absorb(&mut hash, currency);
        absorb(&mut hash, event.geo.map_or("", |geo| geo.code()));
        absorb(
            &mut hash,
            event.sub_id_1.as_ref().map_or("", |id| id.as_str()),
        );
        absorb(
            &mut hash,
            event.sub_id_2.as_ref().map_or("", |id| id.as_str()),
        );
        absorb(
            &mut hash,
            event.payment_method.map_or("", |method| method.name()),
        );
        Self(hash.finalize().into())
    }

    /// Lower-case hexadecimal.
    #[must_use]
    pub fn to_hex(self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = |byte: &u8| [byte >> 4, byte & 0xf].map(|four| DIGITS[usize::from(four)]);
        self.0.iter().flat_map(digits).map(char::from).collect()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// The length goes first: without it `ab` + `c` and `a` + `bc` would be one content.
fn absorb(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(partner: &str, fields: &[(&str, &str)]) -> Fingerprint {
        Fingerprint::of_fields(&PartnerId::parse(partner).unwrap(), &mut fields.to_vec())
    }

    #[test]
    fn the_order_of_fields_does_not_count() {
        assert_eq!(
            of("acme", &[("a", "1"), ("b", "2")]),
            of("acme", &[("b", "2"), ("a", "1")])
        );
    }

    #[test]
    fn where_a_value_ends_does_count() {
        assert_ne!(of("acme", &[("a", "1b")]), of("acme", &[("a1", "b")]));
        assert_ne!(
            of("acme", &[("a", "1&b=2")]),
            of("acme", &[("a", "1"), ("b", "2")])
        );
    }

    #[test]
    fn its_text_is_lower_case_hex() {
        let mut bytes = [0x0f; 32];
        bytes[0] = 0xa0;
        assert_eq!(
            Fingerprint(bytes).to_hex(),
            format!("a0{}", "0f".repeat(31))
        );
    }

    #[test]
    fn each_partner_has_fingerprints_of_its_own() {
        assert_ne!(of("acme", &[("a", "1")]), of("other", &[("a", "1")]));
    }
}
