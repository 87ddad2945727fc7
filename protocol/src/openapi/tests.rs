//! The document against the code that it speaks of.

use std::collections::BTreeSet;

use super::answers::BY_ENVOY;
use super::gate;
use crate::answer::{Acceptance, Refusal, Verdict};
use crate::request::KNOWN_FIELDS;

const REFUSALS: &str = include_str!("../answer/refusal.rs");
const ENVOY: &str = include_str!("../../../envoy/envoy.yaml");

/// What [`Refusal::code`] names: its arms are the list that the compiler keeps whole.
fn codes_of_refusals() -> BTreeSet<&'static str> {
    let code = REFUSALS.split("pub const fn code").nth(1);
    let code = code.and_then(|rest| rest.split("pub const fn").next());
    let arms = code
        .into_iter()
        .flat_map(|body| body.split("=> \"").skip(1));
    arms.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn there_is_one_of_each_refusal() {
    let listed: BTreeSet<&str> = Refusal::one_of_each().iter().map(Refusal::code).collect();
    assert_eq!(listed, codes_of_refusals());
}

#[test]
fn what_envoy_refuses_by_itself_is_in_it() {
    let told = ENVOY.split("error: ").skip(1);
    let told = told.filter_map(|rest| rest.split(',').next());
    let alone: BTreeSet<&str> = told
        .filter(|code| !codes_of_refusals().contains(code))
        .collect();
    assert_eq!(alone, BY_ENVOY.map(|(_, code)| code).into());
}

#[test]
fn every_field_that_a_rule_reads_is_in_it() {
    let document = gate();
    let properties = document["components"]["schemas"]["Postback"]["properties"].as_object();
    let named: BTreeSet<&str> = properties
        .expect("fields")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(named, KNOWN_FIELDS.into());
    let parameters = document["paths"]["/v1/event"]["get"]["parameters"].as_array();
    let in_query = parameters.expect("parameters").iter();
    let in_query: BTreeSet<&str> = in_query.filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(in_query, KNOWN_FIELDS.into());
}

#[test]
fn every_status_and_code_is_in_it() {
    let document = gate();
    for refusal in Refusal::one_of_each() {
        let response =
            &document["paths"]["/v1/event"]["post"]["responses"][refusal.status().to_string()];
        let codes = &response["content"]["application/json"]["schema"]["allOf"][1]["properties"]["error"]
            ["enum"];
        let codes = codes.as_array().expect("codes");
        assert!(codes.contains(&refusal.code().into()), "{refusal:?}");
    }
}

/// All members that an answer can have are in its schema, and those that are always there required.
#[test]
fn an_answer_has_the_members_of_its_schema() {
    let outlook = serde_json::value::RawValue::from_string("{}".to_owned()).expect("JSON");
    let full = Acceptance {
        result: Verdict::Duplicate,
        id: "d-1",
        first_result: Some(Verdict::Flagged),
        flags: &["unknown_click".to_owned()],
        warnings: &[],
        test: Some(&outlook),
    };
    let schemas = &gate()["components"]["schemas"];
    let members = |name: &str| -> BTreeSet<String> {
        let properties = schemas[name]["properties"].as_object();
        properties.expect(name).keys().cloned().collect()
    };
    let written = |body: String| -> BTreeSet<String> {
        let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        body.as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(members("Acceptance"), written(full.body()));
    let refusal = Refusal::Unreadable(crate::request::Unreadable::NoFields);
    let refused = written(refusal.body_with_fields("r-1", "d-1", &["amount"], Some(&outlook)));
    assert_eq!(members("Refusal"), refused);
    let required = |name: &str| schemas[name]["required"].clone();
    assert_eq!(
        required("Acceptance"),
        serde_json::json!(["ok", "result", "id", "warnings"])
    );
    assert_eq!(
        required("Refusal"),
        serde_json::json!(["ok", "error", "message"])
    );
}
