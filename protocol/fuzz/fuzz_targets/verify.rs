//! A signature that counts for one postback never counts for another that says something else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postern_protocol::id::KeyId;
use postern_protocol::request::{Encoding, Kind, Postback, Request};
use postern_protocol::sign::{Form, FormSet, Key, Keyring, Secret, sign};
use postern_protocol::time::UnixSeconds;

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    encoding: u8,
    forged_encoding: u8,
    form: u8,
    honest: &'a [u8],
    forged: &'a [u8],
}

fn request<'a>(encoding: Encoding, text: &'a [u8], sign: Option<&'a str>) -> Request<'a> {
    let (query, body) = match encoding {
        Encoding::Query => (text, &b""[..]),
        Encoding::Json | Encoding::Form => (&b""[..], text),
    };
    Request {
        encoding,
        query,
        body,
        sign_header: sign.map(str::as_bytes),
        time_header: None,
    }
}

fn encoding_of(byte: u8) -> Encoding {
    match byte % 3 {
        0 => Encoding::Json,
        1 => Encoding::Form,
        _ => Encoding::Query,
    }
}

/// All that was signed, in an order that does not depend on how it was sent.
fn meaning(postback: &Postback<'_>) -> Vec<(String, String, bool)> {
    let fields = postback.fields().iter().filter(|f| f.name() != "sign");
    let mut said: Vec<_> = fields
        .map(|f| {
            (
                f.name().to_owned(),
                f.value().to_owned(),
                f.kind() == Kind::Text,
            )
        })
        .collect();
    said.sort();
    said
}

fuzz_target!(|input: Input<'_>| {
    let encoding = encoding_of(input.encoding);
    let form = Form::ALL[usize::from(input.form) % Form::ALL.len()];
    let secret = Secret::parse("your_secret_key").expect("long enough");
    let unsigned = request(encoding, input.honest, None);
    let Ok(honest) = unsigned.read() else { return };
    let Some(sign) = sign(&secret, form, &unsigned, &honest) else {
        return;
    };
    let forms = FormSet::all();
    let keys = Keyring::new(vec![Key {
        id: KeyId::parse("k").expect("an id"),
        secret,
        not_before: None,
        not_after: None,
    }]);
    let counts = |request: &Request<'_>, postback: &Postback<'_>| {
        keys.verify(request, postback, forms, UnixSeconds(0), 300)
            .is_ok()
    };
    // What is signed in a form that does not count here, such as decoded values with a `%`, is
    // refused. Its text may well be what another postback sends.
    let honest_request = request(encoding, input.honest, Some(&sign));
    if !honest_request
        .read()
        .is_ok_and(|read| counts(&honest_request, &read))
    {
        return;
    }
    let forged_encoding = encoding_of(input.forged_encoding);
    let forged_request = request(forged_encoding, input.forged, Some(&sign));
    let Ok(forged) = forged_request.read() else {
        return;
    };
    assert!(!counts(&forged_request, &forged) || meaning(&honest) == meaning(&forged));
});
