//! The OpenAPI document against what is really served.

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use super::stand::{Reply, Stand, send};
use crate::admin::openapi;

/// The document as a client reads it.
pub(super) struct Document(Value);

impl Document {
    pub(super) fn ours() -> Self {
        Self(serde_json::to_value(openapi()).unwrap())
    }

    /// Every operation: its method, its path, and what the document says of it.
    pub(super) fn operations(&self) -> Vec<(&str, &str, &Value)> {
        let mut operations = Vec::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations.push((method.as_str(), path.as_str(), operation));
            }
        }
        operations
    }

    /// What an operation takes that says nothing of its own.
    pub(super) fn security(&self) -> &Value {
        &self.0["security"]
    }

    /// Asserts that an answer is one of those the document names, in the shape it names.
    pub(super) fn allows(&self, method: &str, path: &str, reply: &Reply) {
        let path = path.split('?').next().unwrap_or_default();
        let operations = self.operations();
        let matching = operations
            .iter()
            .filter(|(it, template, _)| *it == method && fits(template, path));
        let Some((_, _, operation)) = matching.min_by_key(|(_, it, _)| it.matches('{').count())
        else {
            panic!("{method} {path} is not in the document");
        };
        let by_status = &operation["responses"];
        let class = format!("{}XX", reply.status / 100);
        let response = by_status
            .get(reply.status.to_string())
            .or_else(|| by_status.get(class));
        let response = response.unwrap_or_else(|| panic!("{method} {path} → {}", reply.status));
        let media = reply.header("content-type").split(';').next().unwrap();
        let content = &response["content"][media];
        assert!(content.is_object(), "{method} {path} answers {media}");
        // What is written line by line is no one value.
        if media == "application/json" || media.ends_with("+json") {
            self.is_valid(&content["schema"], &reply.json());
        }
    }

    /// Asserts that a value has the shape of a schema of the document.
    fn is_valid(&self, schema: &Value, value: &Value) {
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        let validator: Validator = jsonschema::draft202012::new(&schema).expect("a good schema");
        let wrong: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
    }
}

/// A path that a template stands for.
pub(super) fn an_example_of(template: &str) -> String {
    template
        .replace("{id}", "00000000-0000-0000-0000-000000000000")
        .replace("{delivery}", "00000000-0000-0000-0000-000000000000")
        .replace("{reason}", "unknown_click")
        .replace("{what}", "clicks")
}

/// Whether `/admin/x/{id}` stands for a path.
fn fits(template: &str, path: &str) -> bool {
    let pairs = template.split('/').zip(path.split('/'));
    template.split('/').count() == path.split('/').count()
        && pairs
            .into_iter()
            .all(|(one, other)| one == other || one.starts_with('{'))
}

#[tokio::test]
async fn it_is_served_as_it_is_made() {
    let stand = Stand::up().await;
    let reply = send(stand.request(Method::GET, "/admin/openapi.json")).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.json(), Document::ours().0);
    assert_eq!(reply.json()["openapi"], "3.1.0");
}

/// A document says more than the shapes: what each thing is for.
#[test]
fn everything_in_it_is_described() {
    let document = Document::ours();
    for (method, path, operation) in document.operations() {
        let place = format!("{method} {path}");
        for field in ["summary", "tags", "responses"] {
            assert!(!operation[field].is_null(), "{place} has no {field}");
        }
        for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
            assert!(parameter["description"].is_string(), "{place}: {parameter}");
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("4XX"), "{place} has no problems");
        assert!(responses.contains_key("5XX"), "{place} never fails");
    }
    for (name, schema) in document.0["components"]["schemas"].as_object().unwrap() {
        let fields = schema["properties"].as_object().into_iter().flatten();
        for (field, says) in fields {
            assert!(is_described(says), "{name}.{field} is not described");
        }
    }
}

/// Where a field may be null, its description stands beside the reference.
fn is_described(schema: &Value) -> bool {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    schema["description"].is_string() || choices.into_iter().any(is_described)
}

/// The document and the reading of parameters are written apart: this holds them together.
#[tokio::test]
async fn each_endpoint_knows_exactly_the_parameters_in_it() {
    let stand = Stand::up().await;
    let document = Document::ours();
    let gets = document
        .operations()
        .into_iter()
        .filter(|(it, _, _)| *it == "get");
    for (_, template, operation) in gets {
        let path = an_example_of(template);
        let reply = stand.gets(&format!("{path}?nonsense=1")).await;
        let problem = reply.is_problem(400, "invalid");
        let mut errors = problem["errors"].as_array().unwrap().iter();
        let unknown = errors.find(|error| error["field"] == "nonsense");
        let said = unknown.expect(template)["message"].as_str().unwrap();
        let known = said.split("known are ").nth(1).unwrap_or_default();
        let mut known: Vec<&str> = known.split(", ").filter(|it| !it.is_empty()).collect();
        let parameters = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let in_query = parameters.iter().filter(|it| it["in"] == json!("query"));
        let mut documented: Vec<&str> = in_query.filter_map(|it| it["name"].as_str()).collect();
        known.sort_unstable();
        documented.sort_unstable();
        assert_eq!(known, documented, "{template}");
    }
}

#[tokio::test]
async fn each_operation_in_it_is_served_and_takes_no_other_method() {
    let stand = Stand::up().await;
    let document = Document::ours();
    for (method, template, _) in document.operations() {
        let path = an_example_of(template);
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let reply = send(stand.request(method.clone(), &path)).await;
        assert_ne!(reply.status, 405, "{method} {template}");
        assert_ne!(
            reply.json()["type"],
            "/admin/problems/no-such-path",
            "{template}"
        );
        for other in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let reply = send(stand.request(other, &path)).await;
            reply.is_problem(405, "method-not-allowed");
            assert!(
                reply.header("allow").contains(method.as_str()),
                "{template}"
            );
        }
    }
}
