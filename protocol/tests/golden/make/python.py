"""Golden vectors as Python partners make them: json.dumps and urllib.parse, nothing else."""

import hashlib
import hmac
import json
import sys
from urllib.parse import quote, quote_plus, urlencode

SECRET = "golden-secret-python"
BASE = {"event": "ftd", "clickid": "abc123def456", "status": "approved", "currency": "USD"}
CASES = {
    "page": {"amount": "50.00", "geo": "DE", "timestamp": 1717000000},
    "integer": {"amount": 50},
    "float": {"amount": 50.0},
    "float_written_as_exponent": {"amount": 1e2},
    "float_cents": {"amount": 0.29},
    "float_small": {"amount": 1e-7},
    "float_large": {"amount": 1e21},
    "slashes": {"amount": "50.00", "sub_id_1": "fb/de/001", "reason": "https://a.example/x"},
    "non_ascii": {"amount": "50.00", "sub_id_1": "é", "sub_id_2": "日本", "reason": "paid 😀"},
    "blanks": {"amount": "50.00", "sub_id_1": "a b", "sub_id_2": "c+d", "reason": "100% sure"},
    "unreserved": {"amount": "50.00", "sub_id_1": "~*!'()", "sub_id_2": "-._"},
    "empty": {"amount": "50.00", "sub_id_1": "", "sub_id_2": "x"},
    "html": {"amount": "50.00", "sub_id_1": "<b>'x'</b>", "reason": 'he said "no" \\ yes'},
    "joins": {"amount": "50.00", "sub_id_1": "a&b=c"},
}
JSON_ONLY = {
    "literals": {"amount": "50.00", "test": True, "live": False, "note": None},
    "control": {"amount": "50.00", "reason": "tab\t line\n delete\x7f separator\u2028 bell\x07"},
}
JSON_CASES = CASES | JSON_ONLY


def sign(text):
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


def vector(case, encoder, form, content_type, query, body, sign_header=None, expect="verified"):
    print(json.dumps({
        "language": "python", "case": case, "encoder": encoder, "form": form,
        "content_type": content_type, "query": query, "body": body,
        "sign_header": sign_header, "secret": SECRET, "expect": expect,
    }, ensure_ascii=False))


def ascii_json(payload, **more):
    return json.dumps(payload, separators=(",", ":"), **more)


def utf8_json(payload, **more):
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False, **more)


def json_vectors(case, payload):
    for name, encode in (("json.dumps", ascii_json), ("json.dumps ensure_ascii=False", utf8_json)):
        signature = sign(encode(payload, sort_keys=True))
        inside = {**payload, "sign": signature}
        vector(case, name + ", sign inside", "json", "application/json", "", encode(inside))
        vector(case, name + ", sign in header", "json", "application/json", "", encode(payload), signature)
        body = encode(payload)
        vector(case, name + ", raw", "raw", "application/json", "", body, sign(body))
    signature = sign(ascii_json(payload, sort_keys=True))
    # What an HTTP client's json= argument sends after the page's sample has signed.
    spaced = json.dumps({**payload, "sign": signature})
    vector(case, "json.dumps, sent with blanks", "json", "application/json", "", spaced)
    sent = utf8_json({**payload, "sign": signature})
    vector(case, "signed ASCII, sent UTF-8", "json-ascii", "application/json; charset=utf-8", "", sent)
    signature = sign(utf8_json(payload, sort_keys=True))
    sent = ascii_json({**payload, "sign": signature})
    vector(case, "signed UTF-8, sent ASCII", "json-utf8", "application/json", "", sent)


def parameter_vectors(case, payload):
    encoders = (
        ("urlencode", lambda items: urlencode(items)),
        ("urlencode quote_via=quote", lambda items: urlencode(items, quote_via=quote)),
        ("urlencode, nothing safe", lambda items: urlencode(items, quote_via=quote, safe="")),
        ("quote, slashes and colons safe", lambda items: urlencode(items, quote_via=quote, safe="/:")),
        ("quote_plus joined by hand", lambda items: "&".join(f"{k}={quote_plus(str(v))}" for k, v in items)),
    )
    for name, encode in encoders:
        signature = sign(encode(sorted(payload.items())))
        sent = encode(list(payload.items()) + [("sign", signature)])
        both(case, name, "params", sent)
        both(case, name + ", sign in header", "params", encode(list(payload.items())), signature)
        if case != "joins":
            signature = sign("&".join(f"{k}={v}" for k, v in sorted(payload.items())))
            sent = encode(list(payload.items()) + [("sign", signature)])
            both(case, name + ", signed decoded", "params-decoded", sent)


def both(case, encoder, form, text, sign_header=None):
    vector(case, encoder + ", GET", form, None, text, "", sign_header)
    kind = "application/x-www-form-urlencoded"
    vector(case, encoder + ", form POST", form, kind, "", text, sign_header)


def beyond_the_closed_set():
    payload = BASE | CASES["blanks"]
    signature = sign(urlencode(sorted(payload.items())))
    sent = urlencode(list(payload.items()) + [("sign", signature)], quote_via=quote)
    vector("blanks", "signed with + and sent with %20", "params", None, sent, "", None, "refused")
    payload = BASE | CASES["page"]
    signature = sign(json.dumps(payload, sort_keys=True))
    vector("page", "signed with blanks after , and :", "json", "application/json", "",
           ascii_json({**payload, "sign": signature}), None, "refused")


sys.stdout.reconfigure(encoding="utf-8", newline="\n")
for case, fields in JSON_CASES.items():
    json_vectors(case, BASE | fields)
for case, fields in CASES.items():
    parameter_vectors(case, BASE | fields)
beyond_the_closed_set()
