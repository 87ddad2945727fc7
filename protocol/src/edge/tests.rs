//! Stories of configurations, good and bad.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const FULL: &str = r#"{
    "proof": "0123456789abcdef0123456789abcdef",
    "max_body_bytes": 1024,
    "replicas": 2,
    "partner_header": true,
    "failure_throttle": {"per_minute": 6, "burst": 3},
    "partners": [{
        "id": "acme",
        "secrets": [
            {"id": "k1", "secret": "hush hush", "not_after": 1717000000},
            {"id": "k2", "secret": "hush again", "not_before": 1716900000}
        ],
        "networks": ["203.0.113.7", "10.0.0.0/8", "::1", "2001:db8::/32"],
        "client_certificates": ["AA112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"],
        "rate_per_second": 5,
        "burst": 10,
        "forms": ["raw", "params"],
        "clock_tolerance_seconds": 0
    }]
}"#;

const LEAST: &str = r#"{"proof":"0123456789abcdef0123456789abcdef","partners":[{"id":"acme",
    "secrets":[{"id":"k1","secret":"hush hush"}],"networks":["::/0"],"rate_per_second":1,"burst":1}]}"#;

fn parse(json: &str) -> EdgeConfig {
    EdgeConfig::parse(json.as_bytes()).unwrap()
}

fn mistakes(json: &str) -> Vec<String> {
    let mistakes = EdgeConfig::parse(json.as_bytes()).unwrap_err();
    mistakes.to_string().lines().map(str::to_owned).collect()
}

/// The mistakes of the least configuration with one text in it replaced.
fn mistakes_with(from: &str, to: &str) -> Vec<String> {
    assert!(LEAST.contains(from), "{from}");
    mistakes(&LEAST.replace(from, to))
}

#[test]
fn a_full_configuration_is_read_to_the_letter() {
    let config = parse(FULL);
    assert_eq!((config.max_body_bytes, config.replicas), (1024, 2));
    let throttle = Rate {
        tokens: 6,
        per_seconds: 60,
        burst: 3,
    };
    assert_eq!(config.failure_throttle, throttle);
    let acme = &config.partners[0];
    assert_eq!(acme.id.as_str(), "acme");
    assert_eq!(
        acme.rate,
        Rate {
            tokens: 5,
            per_seconds: 1,
            burst: 10
        }
    );
    assert_eq!(acme.forms.names(), ["raw", "params"]);
    assert_eq!(acme.clock_tolerance_seconds, 0);
    let networks: Vec<_> = acme.networks.iter().map(ToString::to_string).collect();
    assert_eq!(
        networks,
        ["203.0.113.7/32", "10.0.0.0/8", "::1/128", "2001:db8::/32"]
    );
    let spans: Vec<_> = acme
        .keys
        .keys()
        .iter()
        .map(|k| (k.not_before, k.not_after))
        .collect();
    let (first, last) = (
        crate::time::UnixSeconds(1_716_900_000),
        crate::time::UnixSeconds(1_717_000_000),
    );
    assert_eq!(spans, [(None, Some(last)), (Some(first), None)]);
}

#[test]
fn certificates_and_the_partner_header_are_read() {
    let config = parse(FULL);
    assert!(config.partner_header);
    let certificates = config.partners[0].client_certificates.iter();
    let certificates: Vec<_> = certificates.map(ToString::to_string).collect();
    let in_lower_case = "aa112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    assert_eq!(certificates, [in_lower_case]);
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = parse(LEAST);
    assert_eq!((config.max_body_bytes, config.replicas), (65_536, 1));
    assert_eq!(config.failure_throttle, FAILURE_THROTTLE_DEFAULT);
    assert!(!config.partner_header);
    assert!(config.partners[0].client_certificates.is_empty());
    assert_eq!(config.partners[0].forms, FormSet::all());
    assert_eq!(config.partners[0].clock_tolerance_seconds, 300);
}

#[test]
fn what_is_written_is_read_back_the_same() {
    for json in [FULL, LEAST] {
        let written = parse(json).to_json();
        assert_eq!(parse(&written).to_json(), written);
        assert!(written.contains("hush hush"));
    }
}

#[test]
fn no_secret_is_ever_printed() {
    let printed = format!("{:?}", parse(FULL));
    assert!(
        !printed.contains("hush") && !printed.contains("0123456789abcdef"),
        "{printed}"
    );
}

const EVERYTHING_WRONG: &str = r#"{
        "proof": "short",
        "max_body_bytes": 0,
        "replicas": "two",
        "partner_header": "yes",
        "failure_throttle": {"per_minute": -1, "busrt": 3},
        "colour": 1,
        "partners": [
            {"id": "a b", "secrets": [], "networks": ["10.0.0.1/8", "::ffff:10.0.0.1", "here", 7],
             "rate_per_second": 1.5, "forms": ["raw", "xml"], "client_certificates": [], "clock_tolerance_seconds": 86401},
            "acme",
            {"id": "b", "secrets": [{"id": "k", "secret": "hush"}, {"id": "k2", "secret": 12345678,
             "not_before": 2, "not_after": 1}, {"id": "k3"}], "networks": [], "client_certificates": ["AB:CD"], "rate_per_second": 1,
             "burst": 4294967296, "forms": []}
        ]
    }"#;

#[test]
fn every_mistake_is_told_at_once() {
    let expected = [
        "colour: is not a known key; the keys here are proof, max_body_bytes, replicas, partner_header, failure_throttle, partners",
        "proof: must have 32 to 128 characters",
        "max_body_bytes: is out of range; give a whole number from 1 to 1048576",
        "replicas: is a text; give a whole number from 1 to 1000",
        "partner_header: is a text; give true or false",
        "failure_throttle.busrt: is not a known key; the keys here are per_minute, burst",
        "failure_throttle.per_minute: is a negative number; give a whole number from 1 to 1000000",
        "failure_throttle.burst: is missing; give a whole number from 1 to 10000000",
        "partners[0].id: holds a character other than letters, digits, `_`, `.` and `-`",
        "partners[0].secrets: is empty; give at least one",
        "partners[0].networks[0]: has bits beyond its prefix; did you mean 10.0.0.0/8?",
        "partners[0].networks[1]: is IPv4 written as IPv6; write it as IPv4",
        "partners[0].networks[2]: is no address or network; write 203.0.113.7 or 203.0.113.0/24",
        "partners[0].networks[3]: is a number; give a text",
        "partners[0].client_certificates: is empty; give at least one",
        "partners[0].rate_per_second: is a number with a fraction or too large; give a whole number from 1 to 1000000",
        "partners[0].burst: is missing; give a whole number from 1 to 10000000",
        "partners[0].forms[1]: `xml` is not a form; the forms are raw, json, json-ascii, json-utf8, json-slash, params, params-decoded",
        "partners[0].clock_tolerance_seconds: is out of range; give a whole number from 0 to 86400",
        "partners[1]: is a text; give a table",
        "partners[2].secrets[0].secret: is shorter than 8 bytes; make a longer one",
        "partners[2].secrets[1].not_after: is before `not_before`; the secret would never count",
        "partners[2].secrets[1].secret: is a number; give a text",
        "partners[2].secrets[2].secret: is missing; give a text",
        "partners[2].networks: is empty; give at least one",
        "partners[2].client_certificates[0]: is no SHA-256 fingerprint: give the 64 hex digits that `openssl x509 -noout -fingerprint -sha256` prints",
        "partners[2].burst: is out of range; give a whole number from 1 to 10000000",
        "partners[2].forms: is empty; give at least one",
    ];
    assert_eq!(mistakes(EVERYTHING_WRONG), expected);
}

#[test]
fn an_id_may_stand_once() {
    let again = "[{\"id\":\"k1\",\"secret\":\"hush again\"},";
    let twice = mistakes_with("\"secrets\":[", &format!("\"secrets\":{again}"));
    assert_eq!(
        twice,
        ["partners[0].secrets[1].id: `k1` is there already; give each id once"]
    );
    let partner = &LEAST[LEAST.find("{\"id\":\"acme\"").unwrap()..LEAST.len() - 2];
    let twice = mistakes(
        &LEAST
            .replace("]}]}", &format!("]}},{partner}]}}"))
            .replace("1}]}", &format!("1}},{partner}]}}")),
    );
    assert_eq!(
        twice,
        ["partners[1].id: `acme` is there already; give each id once"]
    );
}

#[test]
fn what_is_no_json_is_one_mistake() {
    assert_eq!(mistakes("").len(), 1);
    assert_eq!(mistakes("[]"), ["is a list; give one JSON object"]);
    let missing = [
        "proof: is missing; give a text",
        "partners: is missing; give a list",
    ];
    assert_eq!(mistakes("{}"), missing);
    assert!(mistakes_with("\"burst\":1", "\"burst\":1,\"burst\":1")[0].contains("stands twice"));
}

#[test]
fn a_gate_without_partners_is_allowed_and_lets_nobody_in() {
    let config = parse(r#"{"proof":"0123456789abcdef0123456789abcdef","partners":[]}"#);
    assert!(config.partners.is_empty());
}
