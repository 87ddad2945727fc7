//! Reading any request neither panics nor breaks what a postback promises.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postern_protocol::limits::{MAX_FIELD_BYTES, MAX_FIELDS, MAX_NAME_BYTES};
use postern_protocol::request::{Encoding, Request, source_of};
use postern_protocol::sign::{Form, text};

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    encoding: u8,
    query: &'a [u8],
    body: &'a [u8],
    sign_header: Option<&'a [u8]>,
}

fuzz_target!(|input: Input<'_>| {
    let encoding = match input.encoding % 3 {
        0 => Encoding::Json,
        1 => Encoding::Form,
        _ => Encoding::Query,
    };
    let _ = source_of(input.sign_header, input.query);
    let request = Request {
        encoding,
        query: input.query,
        body: input.body,
        sign_header: input.sign_header,
        time_header: None,
    };
    let Ok(postback) = request.read() else { return };
    let fields = postback.fields();
    assert!((1..=MAX_FIELDS).contains(&fields.len()));
    for (n, field) in fields.iter().enumerate() {
        assert!((1..=MAX_NAME_BYTES).contains(&field.name().len()));
        assert!(field.value().len() <= MAX_FIELD_BYTES);
        assert!(!field.name().contains('\0') && !field.value().contains('\0'));
        let same = |name: &str| name.eq_ignore_ascii_case(field.name());
        assert!(!fields.iter().skip(n + 1).any(|other| same(other.name())));
    }
    for form in Form::ALL {
        let _ = text(form, &postback, request.body);
    }
});
