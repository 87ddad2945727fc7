//! The answers as OpenAPI responses: shapes from the types that write them, statuses and codes from
//! the refusals themselves.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::answer::{ALLOW, AcceptanceBody, Refusal, RefusalBody};
use crate::diagnose::Diagnosis;
use crate::event::FieldError;

/// What Envoy refuses by itself before the gate is asked, in the words of `envoy/envoy.yaml`: status
/// and code.
pub(super) const BY_ENVOY: [(u16, &str); 3] = [
    (400, "bad_request"),
    (408, "request_timeout"),
    (431, "headers_too_large"),
];

/// The responses of `/v1/event`.
pub(super) fn of_event(generator: &mut SchemaGenerator) -> Value {
    let taken = generator.subschema_for::<AcceptanceBody<'_>>();
    let refusals = Refusal::one_of_each();
    responses(generator, "Recorded, and durable", taken.into(), &refusals)
}

/// The responses of `/v1/verify`: what is wrong with a signature or with the fields is told with 200.
pub(super) fn of_verify(generator: &mut SchemaGenerator) -> Value {
    let told = generator.subschema_for::<Diagnosis>();
    let refusals = Refusal::one_of_each().into_iter().filter(|refusal| {
        !matches!(
            refusal,
            Refusal::Unauthorized
                | Refusal::Invalid
                | Refusal::Unreadable(_)
                | Refusal::UnsupportedMediaType(_)
                | Refusal::TooManyFailures
        )
    });
    let refusals: Vec<Refusal> = refusals.collect();
    responses(
        generator,
        "What became of looking at the signature",
        told.into(),
        &refusals,
    )
}

fn responses(
    generator: &mut SchemaGenerator,
    description: &str,
    taken: Value,
    refusals: &[Refusal],
) -> Value {
    let body: Value = generator
        .subschema_for::<RefusalBody<'_, FieldError>>()
        .into();
    let ours = refusals.iter().map(|it| (it.status(), it.code()));
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for (status, code) in ours.chain(BY_ENVOY) {
        by_status.entry(status).or_default().push(code);
    }
    let mut responses = Map::new();
    responses.insert("200".to_owned(), response(description, taken, json!({})));
    for (status, codes) in by_status {
        let schema = json!({ "allOf": [body, { "properties": { "error": { "enum": codes } } }] });
        let refused = response(&codes.join(" or "), schema, headers(status));
        responses.insert(status.to_string(), refused);
    }
    Value::Object(responses)
}

fn response(description: &str, schema: Value, headers: Value) -> Value {
    json!({
        "description": description,
        "headers": headers,
        "content": { "application/json": { "schema": schema } },
    })
}

/// The headers that come with a status.
fn headers(status: u16) -> Value {
    let wait = json!({
        "description": "After how many seconds to send it again.",
        "schema": { "type": "integer", "minimum": 1 },
    });
    let text = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string", "examples": [example] } });
    match status {
        405 => json!({ "Allow": text("The methods that are taken.", ALLOW) }),
        429 => json!({
            "Retry-After": wait,
            "RateLimit": text("What is left (`r`) and when the next one comes (`t`, seconds).", "\"postern\";r=0;t=1"),
            "RateLimit-Policy": text("How many fit at once (`q`) and in how many seconds they are there again (`w`).", "\"postern\";q=200;w=2"),
        }),
        503 => json!({ "Retry-After": wait }),
        _ => json!({}),
    }
}
