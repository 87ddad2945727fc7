//! From the shape to the checked configuration: one pass that notes every mistake.

use std::net::IpAddr;

use ipnet::IpNet;

use super::shape;
use super::{CertificateFingerprint, EdgeConfig, EdgePartner, FAILURE_THROTTLE_DEFAULT, Rate};
use crate::id::{KeyId, PartnerId};
use crate::limits::{
    CLOCK_TOLERANCE_SECONDS_CEILING, CLOCK_TOLERANCE_SECONDS_DEFAULT, MAX_BODY_BYTES_CEILING,
    MAX_BODY_BYTES_DEFAULT, MAX_BURST, MAX_CLIENT_CERTIFICATES_PER_PARTNER,
    MAX_NETWORKS_PER_PARTNER, MAX_PARTNERS, MAX_RATE_PER_SECOND, MAX_REPLICAS,
    MAX_SECRETS_PER_PARTNER,
};
use crate::mistakes::{Lenient, Mistakes, each, list, refuse_repeated, text, whole, whole_or};
use crate::proof::ProofToken;
use crate::sign::{Form, FormSet, Key, Keyring, Secret};
use crate::time::UnixSeconds;

pub(super) fn config(shape: shape::Config) -> Result<EdgeConfig, Mistakes> {
    let mistakes = &mut Mistakes::default();
    shape.unknown.refuse("", &CONFIG_KEYS, mistakes);
    let proof = text(shape.proof, "proof", ProofToken::parse, mistakes);
    let bytes = 1..=MAX_BODY_BYTES_CEILING;
    let body = whole_or(
        shape.max_body_bytes,
        "max_body_bytes",
        bytes,
        MAX_BODY_BYTES_DEFAULT,
        mistakes,
    );
    let replicas = whole_or(shape.replicas, "replicas", 1..=MAX_REPLICAS, 1, mistakes);
    let named = shape
        .partner_header
        .optional("partner_header", "true or false", mistakes);
    let failure_throttle = failure_throttle(shape.failure_throttle, mistakes);
    let partners = list(shape.partners, "partners", 0..=MAX_PARTNERS, mistakes);
    let partners = each(partners, "partners", "a table", mistakes, partner);
    let ids = partners
        .iter()
        .map(|(path, partner)| (path, partner.id.as_str()));
    refuse_repeated(ids, mistakes);
    let read = proof.zip(body).zip(replicas.zip(failure_throttle));
    let config = read.map(
        |((proof, max_body_bytes), (replicas, failure_throttle))| EdgeConfig {
            proof,
            max_body_bytes,
            replicas,
            partner_header: named.unwrap_or_default(),
            failure_throttle,
            partners: partners.into_iter().map(|(_, partner)| partner).collect(),
        },
    );
    std::mem::take(mistakes).unless_any(config)
}

const CONFIG_KEYS: [&str; 6] = [
    "proof",
    "max_body_bytes",
    "replicas",
    "partner_header",
    "failure_throttle",
    "partners",
];

fn failure_throttle(
    throttle: Lenient<shape::FailureThrottle>,
    mistakes: &mut Mistakes,
) -> Option<Rate> {
    let expected = "a table of `per_minute` and `burst`";
    if matches!(throttle, Lenient::Absent) {
        return Some(FAILURE_THROTTLE_DEFAULT);
    }
    let throttle = throttle.optional("failure_throttle", expected, mistakes)?;
    throttle
        .unknown
        .refuse("failure_throttle", &["per_minute", "burst"], mistakes);
    let tokens = whole(
        throttle.per_minute,
        "failure_throttle.per_minute",
        1..=MAX_RATE_PER_SECOND,
        mistakes,
    );
    let burst = whole(
        throttle.burst,
        "failure_throttle.burst",
        1..=MAX_BURST,
        mistakes,
    );
    tokens.zip(burst).map(|(tokens, burst)| Rate {
        tokens,
        per_seconds: 60,
        burst,
    })
}

fn partner(shape: shape::Partner, path: &str, mistakes: &mut Mistakes) -> Option<EdgePartner> {
    let at = |key: &str| format!("{path}.{key}");
    shape.unknown.refuse(path, &PARTNER_KEYS, mistakes);
    let id = text(shape.id, &at("id"), PartnerId::parse, mistakes);
    let keys = keyring(shape.secrets, &at("secrets"), mistakes);
    let networks = networks(shape.networks, &at("networks"), mistakes);
    let certificates = shape.client_certificates;
    let certificates = client_certificates(certificates, &at("client_certificates"), mistakes);
    let tokens = whole(
        shape.rate_per_second,
        &at("rate_per_second"),
        1..=MAX_RATE_PER_SECOND,
        mistakes,
    );
    let burst = whole(shape.burst, &at("burst"), 1..=MAX_BURST, mistakes);
    let forms = forms(shape.forms, &at("forms"), mistakes);
    let tolerance = whole_or(
        shape.clock_tolerance_seconds,
        &at("clock_tolerance_seconds"),
        0..=CLOCK_TOLERANCE_SECONDS_CEILING,
        CLOCK_TOLERANCE_SECONDS_DEFAULT,
        mistakes,
    );
    Some(EdgePartner {
        id: id?,
        keys: keys?,
        networks,
        client_certificates: certificates,
        rate: Rate {
            tokens: tokens?,
            per_seconds: 1,
            burst: burst?,
        },
        forms: forms?,
        clock_tolerance_seconds: tolerance?,
    })
}

const PARTNER_KEYS: [&str; 8] = [
    "id",
    "secrets",
    "networks",
    "client_certificates",
    "rate_per_second",
    "burst",
    "forms",
    "clock_tolerance_seconds",
];

fn keyring(
    secrets: Lenient<Vec<Lenient<shape::Secret>>>,
    path: &str,
    mistakes: &mut Mistakes,
) -> Option<Keyring> {
    let secrets = list(secrets, path, 1..=MAX_SECRETS_PER_PARTNER, mistakes);
    let keys = each(secrets, path, "a table", mistakes, key);
    refuse_repeated(
        keys.iter().map(|(path, key)| (path, key.id.as_str())),
        mistakes,
    );
    Some(Keyring::new(keys.into_iter().map(|(_, key)| key).collect()))
}

fn key(shape: shape::Secret, path: &str, mistakes: &mut Mistakes) -> Option<Key> {
    let at = |key: &str| format!("{path}.{key}");
    let known = ["id", "secret", "not_before", "not_after"];
    shape.unknown.refuse(path, &known, mistakes);
    let expected = "unix seconds as a whole number";
    let not_before = shape
        .not_before
        .optional(&at("not_before"), expected, mistakes);
    let not_after = shape
        .not_after
        .optional(&at("not_after"), expected, mistakes);
    if not_before
        .zip(not_after)
        .is_some_and(|(first, last)| last < first)
    {
        mistakes.add(
            at("not_after"),
            "is before `not_before`; the secret would never count",
        );
    }
    let id = text(shape.id, &at("id"), KeyId::parse, mistakes);
    let secret = text(shape.secret, &at("secret"), Secret::parse, mistakes);
    Some(Key {
        id: id?,
        secret: secret?,
        not_before: not_before.map(UnixSeconds),
        not_after: not_after.map(UnixSeconds),
    })
}

fn networks(
    networks: Lenient<Vec<Lenient<String>>>,
    path: &str,
    mistakes: &mut Mistakes,
) -> Vec<IpNet> {
    let networks = list(networks, path, 1..=MAX_NETWORKS_PER_PARTNER, mistakes);
    let networks = each(networks, path, "a text", mistakes, network);
    networks.into_iter().map(|(_, network)| network).collect()
}

/// None where the key is not there. An empty list is a mistake: whoever writes one may think that nobody gets in, or that
/// anybody does.
fn client_certificates(
    certificates: Lenient<Vec<Lenient<String>>>,
    path: &str,
    mistakes: &mut Mistakes,
) -> Vec<CertificateFingerprint> {
    if matches!(certificates, Lenient::Absent) {
        return Vec::new();
    }
    let bounds = 1..=MAX_CLIENT_CERTIFICATES_PER_PARTNER;
    let certificates = list(certificates, path, bounds, mistakes);
    let read = each(
        certificates,
        path,
        "a text",
        mistakes,
        |text, path, mistakes| {
            let fingerprint = CertificateFingerprint::parse(&text);
            fingerprint
                .map_err(|error| mistakes.add(path, error.to_string()))
                .ok()
        },
    );
    read.into_iter()
        .map(|(_, fingerprint)| fingerprint)
        .collect()
}

/// An address or a network, without bits beyond its prefix and never as mapped IPv6: the gate
/// compares with addresses in their plain form, so a mapped one would never match.
fn network(text: String, path: &str, mistakes: &mut Mistakes) -> Option<IpNet> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    let Ok(network) = address.or_else(|_| text.parse::<IpNet>()) else {
        mistakes.add(
            path,
            "is no address or network; write 203.0.113.7 or 203.0.113.0/24",
        );
        return None;
    };
    if matches!(network, IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some()) {
        mistakes.add(path, "is IPv4 written as IPv6; write it as IPv4");
        return None;
    }
    if network != network.trunc() {
        let trunc = network.trunc();
        mistakes.add(
            path,
            format!("has bits beyond its prefix; did you mean {trunc}?"),
        );
        return None;
    }
    Some(network)
}

fn forms(
    forms: Lenient<Vec<Lenient<String>>>,
    path: &str,
    mistakes: &mut Mistakes,
) -> Option<FormSet> {
    if matches!(forms, Lenient::Absent) {
        return Some(FormSet::all());
    }
    let forms = list(forms, path, 1..=usize::MAX, mistakes);
    let forms = each(forms, path, "a text", mistakes, |name, path, mistakes| {
        let form = name.parse::<Form>();
        form.map_err(|unknown| mistakes.add(path, unknown.to_string()))
            .ok()
    });
    Some(forms.into_iter().map(|(_, form)| form).collect())
}
