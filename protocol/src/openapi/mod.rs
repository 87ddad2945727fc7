//! The OpenAPI document of the partner-facing listener, made from the types and limits that read a
//! postback and write its answer. For machines; `docs/partners-guide.md` tells the same to people.
//!
//! [`fields`] says what a postback holds, [`answers`] what either side replies. A schema of a field
//! is as wide as what is read: it takes all that is taken, and leaves to the answer what JSON Schema
//! cannot say (bytes of UTF-8, which characters are printable, the decimals of a currency).

mod answers;
mod fields;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::limits::MAX_ID_BYTES;
use crate::request::{EVENT_PATH, SIGN_HEADER, SOURCE_HEADER, TIME_HEADER, VERIFY_PATH};

/// The document, OpenAPI 3.1.
#[must_use]
pub fn gate() -> Value {
    let mut generator = generator();
    let event = answers::of_event(&mut generator);
    let verify = answers::of_verify(&mut generator);
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Postback".to_owned(), fields::postback());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Postern",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Takes signed postbacks of partners and books each once. A 200 or a 422 goes out only after the \
                delivery is on disk; sending the same postback again is always safe. What is signed, and in which forms, \
                stands in docs/partners-guide.md.",
        },
        "paths": {
            EVENT_PATH: operations("event", "Report an event", &event),
            VERIFY_PATH: operations("verify", "Have a signature explained; nothing is booked", &verify),
        },
        "components": { "schemas": schemas, "parameters": header_parameters() },
    })
}

/// Schemas as they are written, not as they would be read, under the names OpenAPI refers to.
fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|it| {
        it.definitions_path = "/components/schemas".into();
        it.meta_schema = None;
    });
    settings.into_generator()
}

fn operations(name: &str, summary: &str, responses: &Value) -> Value {
    let body = json!({ "schema": { "$ref": "#/components/schemas/Postback" } });
    let mut parameters = fields::parameters();
    parameters.extend(header_references());
    json!({
        "get": {
            "operationId": format!("{name}_by_query"),
            "tags": [name],
            "summary": format!("{summary}, by parameters"),
            "parameters": parameters,
            "responses": responses,
        },
        "post": {
            "operationId": format!("{name}_by_body"),
            "tags": [name],
            "summary": format!("{summary}, by JSON or a form"),
            "parameters": header_references(),
            "requestBody": {
                "required": true,
                "content": { "application/json": body, "application/x-www-form-urlencoded": body },
            },
            "responses": responses,
        },
    })
}

/// The three headers by their names here.
const HEADERS: [&str; 3] = ["Source", "Sign", "Time"];

fn header_references() -> Vec<Value> {
    let reference = |name| json!({ "$ref": format!("#/components/parameters/{name}") });
    HEADERS.into_iter().map(reference).collect()
}

fn header_parameters() -> Map<String, Value> {
    let header = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema });
    let parameters = [
        header(
            SOURCE_HEADER,
            "Who posts. Without it the `source` parameter counts, else the one partner whose addresses hold the caller's.",
            json!({ "type": "string", "pattern": format!("^[A-Za-z0-9_.-]{{1,{MAX_ID_BYTES}}}$"), "examples": ["partner_name"] }),
        ),
        header(
            SIGN_HEADER,
            "HMAC-SHA256 of one of the forms, where it does not travel as `sign`.",
            fields::sign(),
        ),
        header(
            TIME_HEADER,
            "When it was sent, in UNIX seconds, signed before the text. Left out by most.",
            json!({ "type": "string", "pattern": "^[0-9]{1,11}$", "examples": ["1717000000"] }),
        ),
    ];
    let named = HEADERS.into_iter().map(str::to_owned);
    named.zip(parameters).collect()
}

#[cfg(test)]
mod tests;
