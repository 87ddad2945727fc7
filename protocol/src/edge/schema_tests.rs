//! The schema says what the parser does: its required keys, its known keys and its bounds.
//!
//! Each promise of the schema is put to the parser, by changing a good configuration.

use serde_json::{Value, json};

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A good configuration with every key in it.
fn good() -> Value {
    json!({
        "proof": "0123456789abcdef0123456789abcdef",
        "max_body_bytes": 1024,
        "replicas": 2,
        "partner_header": true,
        "failure_throttle": {"per_minute": 6, "burst": 3},
        "partners": [{
            "id": "acme",
            "secrets": [{"id": "k1", "secret": "hush hush", "not_before": 1, "not_after": 2}],
            "networks": ["10.0.0.0/8"],
            "client_certificates": ["00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"],
            "rate_per_second": 5,
            "burst": 10,
            "forms": ["raw"],
            "clock_tolerance_seconds": 0
        }]
    })
}

fn accepts(config: &Value) -> bool {
    EdgeConfig::parse(config.to_string().as_bytes()).is_ok()
}

/// A good configuration with one place changed.
fn accepts_with(place: &str, change: impl FnOnce(&mut Value)) -> bool {
    let mut config = good();
    change(config.pointer_mut(place).expect("the place exists"));
    accepts(&config)
}

/// Every table of the schema with its place in the good configuration.
fn tables(schema: &Value) -> [(&'static str, &Value); 4] {
    let at = |place: &str| schema.pointer(place).expect("the schema has this table");
    let partner = "/properties/partners/items";
    [
        ("", schema),
        ("/failure_throttle", at("/properties/failure_throttle")),
        ("/partners/0", at(partner)),
        (
            "/partners/0/secrets/0",
            at(&format!("{partner}/properties/secrets/items")),
        ),
    ]
}

fn keys(table: &Value) -> Vec<String> {
    table.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_schema_and_the_parser_know_the_same_keys() {
    assert!(accepts(&good()));
    let schema = EdgeConfig::schema();
    for (place, table) in tables(&schema) {
        let known = good();
        let known = keys(known.pointer(place).unwrap());
        let mut told = keys(&table["properties"]);
        told.sort();
        assert_eq!(told, known, "{place}");
        assert_eq!(table["additionalProperties"], json!(false), "{place}");
        assert!(!accepts_with(place, |t| t["another"] = json!(1)), "{place}");
    }
}

#[test]
fn the_schema_and_the_parser_require_the_same_keys() {
    let schema = EdgeConfig::schema();
    for (place, table) in tables(&schema) {
        let required = table["required"].as_array().unwrap();
        for key in keys(&table["properties"]) {
            let accepted = accepts_with(place, |t| {
                t.as_object_mut().unwrap().remove(&key);
            });
            assert_eq!(accepted, !required.contains(&json!(key)), "{place}/{key}");
        }
    }
}

#[test]
fn the_schema_and_the_parser_have_the_same_bounds() {
    let schema = EdgeConfig::schema();
    let mut bounds = 0;
    for (place, table) in tables(&schema) {
        for (key, property) in table["properties"].as_object().unwrap() {
            let takes = |number: u64| accepts_with(place, |t| t[key] = json!(number));
            if let Some(least) = property["minimum"]
                .as_u64()
                .filter(|_| property["maximum"].is_u64())
            {
                assert!(takes(least), "{place}/{key}");
                assert!(least == 0 || !takes(least - 1), "{place}/{key}");
                bounds += 1;
            }
            if let Some(most) = property["maximum"].as_u64() {
                assert!(takes(most) && !takes(most + 1), "{place}/{key}");
                bounds += 1;
            }
        }
    }
    assert_eq!(bounds, 14, "each number with a bound has both");
}

#[test]
fn the_schema_and_the_parser_take_the_same_lengths() {
    let schema = EdgeConfig::schema();
    for (place, table) in tables(&schema) {
        for (key, property) in table["properties"].as_object().unwrap() {
            if property["minItems"].is_u64() {
                assert!(
                    !accepts_with(place, |t| t[key] = json!([])),
                    "{place}/{key}"
                );
            }
            if let Some(least) = property["minLength"].as_u64() {
                let text = |n: u64| json!("x".repeat(usize::try_from(n).unwrap()));
                assert!(
                    accepts_with(place, |t| t[key] = text(least)),
                    "{place}/{key}"
                );
                assert!(
                    !accepts_with(place, |t| t[key] = text(least - 1)),
                    "{place}/{key}"
                );
                let most = property["maxLength"].as_u64().unwrap();
                assert!(
                    accepts_with(place, |t| t[key] = text(most)),
                    "{place}/{key}"
                );
                assert!(
                    !accepts_with(place, |t| t[key] = text(most + 1)),
                    "{place}/{key}"
                );
            }
        }
    }
}

#[test]
fn the_schema_lists_the_very_forms() {
    let pattern = EdgeConfig::schema();
    let pattern = pattern.pointer("/properties/partners/items/properties/forms/items/pattern");
    let names = FormSet::all().names().join("|");
    assert_eq!(pattern, Some(&json!(format!("^({names})$"))));
}
