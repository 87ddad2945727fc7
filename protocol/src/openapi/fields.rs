//! The fields of a postback as JSON Schemas, from the vocabularies and limits they are read by.

use serde_json::{Map, Value, json};

use crate::event::{
    EARLIEST_TIMESTAMP_SECONDS, EventKind, LATEST_TIMESTAMP_SECONDS, MAX_CLICKID_BYTES,
    MAX_REASON_BYTES, MAX_SUB_ID_BYTES, MAX_TRANSACTION_ID_BYTES, PaymentMethod, Status,
};
use crate::limits::{MAX_FIELD_BYTES, MAX_FIELDS, MAX_ID_BYTES, MAX_NAME_BYTES};
use crate::money::MAX_AMOUNT_BYTES;

/// Fields without which nothing is booked, and of which an empty value counts as none.
const REQUIRED: [&str; 3] = ["clickid", "event", "status"];

/// One field: its name, its schema, what it is.
type Told = (&'static str, Value, &'static str);

/// Each field that a rule reads, in the page's order.
fn all() -> [Told; 15] {
    let [clickid, event, status, amount, currency] = needed();
    let [geo, sub_id_1, sub_id_2, payment_method, reason] = about_the_click();
    [
        clickid,
        event,
        status,
        amount,
        currency,
        geo,
        sub_id_1,
        sub_id_2,
        payment_method,
        reason,
        (
            "timestamp",
            timestamp(),
            "When it happened, in UNIX seconds; without it, when it was received.",
        ),
        (
            "transaction_id",
            id(MAX_TRANSACTION_ID_BYTES, "T-1001"),
            "Your own id of the payment, the same at each retry.",
        ),
        (
            "sign",
            sign(),
            "HMAC-SHA256 of one of the forms, where it does not travel in X-RS-Sign.",
        ),
        (
            "source",
            json!({ "type": "string", "pattern": format!("^[A-Za-z0-9_.-]{{1,{MAX_ID_BYTES}}}$"), "examples": ["partner_name"] }),
            "Who posts, where the header cannot be sent.",
        ),
        (
            "test",
            test_mark(),
            "1 or true: a test, answered with how it would appear and booked nowhere.",
        ),
    ]
}

fn needed() -> [Told; 5] {
    let amount = json!({
        "anyOf": [
            { "type": "string", "maxLength": MAX_AMOUNT_BYTES, "minLength": 1 },
            { "type": "number", "minimum": 0 },
        ],
        "examples": ["50.00"],
    });
    [
        (
            "clickid",
            id(MAX_CLICKID_BYTES, "abc123def456"),
            "The click id from the tracking link, unchanged.",
        ),
        (
            "event",
            words(EventKind::ALL.iter().map(|it| it.name())),
            "What happened.",
        ),
        (
            "status",
            words(Status::ALL.iter().map(|it| it.name())),
            "How far it is confirmed.",
        ),
        (
            "amount",
            amount,
            "How much, for ftd, redeposit and cashout: above zero, in the unit that was agreed.",
        ),
        (
            "currency",
            json!({ "type": "string", "minLength": 1, "maxLength": 16, "examples": ["USD"] }),
            "ISO 4217 or a crypto code such as USDT, in any case; with an amount.",
        ),
    ]
}

fn about_the_click() -> [Told; 5] {
    let text = |max: usize, example: &str| json!({ "type": ["string", "integer"], "minLength": 1, "maxLength": max, "examples": [example] });
    [
        (
            "geo",
            json!({ "type": "string", "pattern": "^[A-Za-z]{2}$", "examples": ["DE"] }),
            "The visitor's country, ISO 3166-1 alpha-2, in any case.",
        ),
        (
            "sub_id_1",
            text(MAX_SUB_ID_BYTES, "fb_de_001"),
            "A parameter of the funnel or the creative.",
        ),
        ("sub_id_2", text(MAX_SUB_ID_BYTES, "pwa"), "A second one."),
        (
            "payment_method",
            words(PaymentMethod::ALL.iter().map(|it| it.name())),
            "How it was paid.",
        ),
        (
            "reason",
            text(MAX_REASON_BYTES, "chargeback"),
            "Why it was rejected.",
        ),
    ]
}

/// An id: kept to the byte. Whole numbers are read as they stand.
fn id(max_bytes: usize, example: &str) -> Value {
    json!({ "type": ["string", "integer"], "minLength": 1, "maxLength": max_bytes, "examples": [example] })
}

/// 64 hex digits.
pub(super) fn sign() -> Value {
    let example = "017c2c700cd64ca9cc6f30bbb219bc158d12dfeb6e1695ee4938cb623ff4b71b";
    json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{64}$", "examples": [example] })
}

/// Yes or no.
fn test_mark() -> Value {
    json!({
        "anyOf": [
            { "enum": [1, 0, true, false] },
            { "type": "string", "pattern": "^([01]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$" },
        ],
        "examples": [1],
    })
}

fn timestamp() -> Value {
    let last = LATEST_TIMESTAMP_SECONDS - 1;
    json!({
        "anyOf": [
            { "type": "integer", "minimum": EARLIEST_TIMESTAMP_SECONDS, "maximum": last },
            { "type": "string", "pattern": "^0*[1-9][0-9]{9}$" },
        ],
        "examples": [1_717_000_000],
    })
}

/// One of a few words; a pattern beside them says that any case is read.
fn words(words: impl Iterator<Item = &'static str>) -> Value {
    let words: Vec<&str> = words.collect();
    let letter = |c: char| match c.is_ascii_alphabetic() {
        true => format!("[{}{c}]", c.to_ascii_uppercase()),
        false => c.to_string(),
    };
    let in_any_case = |word: &&str| word.chars().map(letter).collect::<String>();
    let pattern: Vec<String> = words.iter().map(in_any_case).collect();
    json!({
        "anyOf": [
            { "type": "string", "enum": words },
            { "type": "string", "pattern": format!("^({})$", pattern.join("|")), "description": "In any case." },
        ],
        "examples": words.first().map(|word| [word]),
    })
}

/// The same, or nothing: `null` and an empty text count as absent.
fn or_nothing(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }, { "type": "string", "const": "" }] })
}

fn described(schema: Value, description: &str) -> Value {
    let mut schema = schema;
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), description.into());
    }
    schema
}

/// A body: one flat object.
pub(super) fn postback() -> Value {
    let property = |(name, schema, description): Told| {
        let schema = match REQUIRED.contains(&name) {
            true => schema,
            false => or_nothing(schema),
        };
        (name.to_owned(), described(schema, description))
    };
    let properties: Map<String, Value> = all().into_iter().map(property).collect();
    json!({
        "type": "object",
        "description": "One flat object. Amount and currency must be there for ftd, redeposit and cashout. Fields that nobody \
            knows are signed like all others, passed over and named in `warnings`.",
        "properties": properties,
        "required": REQUIRED,
        "maxProperties": MAX_FIELDS,
        "propertyNames": { "minLength": 1, "maxLength": MAX_NAME_BYTES },
        "additionalProperties": { "type": ["string", "number", "boolean", "null"], "maxLength": MAX_FIELD_BYTES },
    })
}

/// The same as parameters of a query.
pub(super) fn parameters() -> Vec<Value> {
    let parameter = |(name, schema, description): Told| {
        json!({
            "name": name,
            "in": "query",
            "required": REQUIRED.contains(&name),
            "description": description,
            "schema": schema,
        })
    };
    all().into_iter().map(parameter).collect()
}
