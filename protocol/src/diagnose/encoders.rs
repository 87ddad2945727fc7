//! How encoders of partners' languages write texts: JSON strings and URLs.

use super::recipe::{Encoder, Percent};

pub(super) const PYTHON: Encoder = Encoder {
    non_ascii: true,
    delete: true,
    slash: false,
    html: false,
    quotes: false,
    upper_hex: false,
};
pub(super) const PLAIN: Encoder = Encoder {
    non_ascii: false,
    delete: false,
    ..PYTHON
};
pub(super) const PHP: Encoder = Encoder {
    delete: false,
    slash: true,
    ..PYTHON
};
pub(super) const PHP_UTF8: Encoder = Encoder {
    slash: true,
    ..PLAIN
};
pub(super) const UPPER: Encoder = Encoder {
    upper_hex: true,
    delete: false,
    ..PYTHON
};
pub(super) const GO: Encoder = Encoder {
    html: true,
    ..PLAIN
};
pub(super) const PHP_HEX: Encoder = Encoder {
    upper_hex: true,
    ..GO
};
pub(super) const DOTNET: Encoder = Encoder {
    html: true,
    quotes: true,
    ..UPPER
};

const PLUS: Percent = Percent {
    blank: "+",
    plain: "",
    lower_hex: false,
};
const PERCENT20: Percent = Percent {
    blank: "%20",
    ..PLUS
};

const fn leaving(plain: &'static str, percent: Percent) -> Percent {
    Percent { plain, ..percent }
}

const fn in_lower_hex(percent: Percent) -> Percent {
    Percent {
        lower_hex: true,
        ..percent
    }
}

/// Those of HTML forms, RFC 3986, JavaScript, and their like.
pub(super) const PERCENT_ENCODERS: [Percent; 8] = [
    PLUS,
    leaving("~", PERCENT20),
    leaving("*", PLUS),
    leaving("~!*'()", PERCENT20),
    leaving("~", PLUS),
    PERCENT20,
    in_lower_hex(PLUS),
    in_lower_hex(leaving("~", PERCENT20)),
];
