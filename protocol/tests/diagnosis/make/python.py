"""Wrong signatures as Python partners make them, each with the causes a diagnosis must name."""

import base64
import hashlib
import hmac
import json
import sys
from urllib.parse import quote, urlencode

SECRET = "a-Secret-of-python-42"
HEX_SECRET = "00112233445566778899aabbccddeeff"
OLD, NEXT = "the-old-secret-of-python", "the-next-secret-of-python"
NOW = 1717000000
KEYS = [
    {"id": "now", "secret": SECRET},
    {"id": "old", "secret": OLD, "not_after": NOW - 1},
    {"id": "next", "secret": NEXT, "not_before": NOW + 1},
]
EVENT = {"event": "ftd", "clickid": "abc123def456", "status": "approved", "amount": "50.00",
         "currency": "USD", "sub_id_1": "fb/dé 001", "timestamp": 1717000000}
PLAIN = {k: str(v) for k, v in EVENT.items()}


def compact(payload, **more):
    return json.dumps(payload, separators=(",", ":"), **more)


def sorted_json(payload):
    return compact(payload, sort_keys=True)


def sign(text, secret=SECRET, digest=hashlib.sha256):
    return hmac.new(secret.encode(), text.encode(), digest).hexdigest()


def vector(case, expect, *, body="", query="", header=None, time=None, keys=KEYS, forms=None):
    print(json.dumps({
        "language": "python", "case": case, "expect": expect, "encoding": "json" if body else "query",
        "query": query, "body": body, "sign_header": header, "time_header": time, "keys": keys, "forms": forms,
    }, ensure_ascii=False))


def post(case, expect, signature, payload=EVENT, **more):
    """The signature inside the payload, as the page's sample has it."""
    vector(case, expect, body=compact({**payload, "sign": signature}), **more)


def get(case, expect, signature, payload=PLAIN, encode=urlencode, **more):
    vector(case, expect, query=encode(list(payload.items()) + [("sign", signature)]), **more)


def quoted(items):
    return urlencode(items, quote_via=quote)


def joined(payload, between="&"):
    return between.join(f"{k}={v}" for k, v in sorted(payload.items()))


def signatures():
    text = sorted_json(EVENT)
    right = sign(text)
    digest = bytes.fromhex(right)
    post("right", [], right)
    post("right, in upper case", [], right.upper())
    post("no signature", ["sign_missing"], "")
    post("Base64 of the digest", ["sign_base64"], base64.b64encode(digest).decode())
    post("URL-safe Base64 without padding", ["sign_base64"], base64.urlsafe_b64encode(digest).decode().rstrip("="))
    post("Base64 of the hex digits", ["sign_base64"], base64.b64encode(right.encode()).decode())
    post("prefixed as another system wants it", ["sign_prefixed"], "sha256=" + right)
    post("with a line end", ["sign_in_blanks"], right + "\n")
    post("in quotes", ["sign_in_blanks"], f'"{right}"')
    post("no digest at all", ["sign_not_hex"], "hmac_sha256_hex")
    post("its own macro", ["macro_left_in"], "{sign}")
    post("half of it", ["sign_other_length", "none_found"], right[:32])
    post("a quarter and a bit", ["sign_other_length"], right[:30])
    post("by nobody's secret", ["none_found"], sign(text, "somebody else's secret"))
    post("Base64, with the old secret", ["sign_base64", "key_expired"],
         base64.b64encode(bytes.fromhex(sign(text, OLD))).decode())


def secrets():
    text = sorted_json(EVENT)
    for case, used, expect in [
        ("a line end after it", SECRET + "\n", ["secret_padded"]),
        ("CRLF after it", SECRET + "\r\n", ["secret_padded"]),
        ("a blank before it", " " + SECRET, ["secret_padded"]),
        ("in quotes", f'"{SECRET}"', ["secret_quoted"]),
        ("in lower case", SECRET.lower(), ["secret_case"]),
        ("in upper case", SECRET.upper(), ["secret_case"]),
        ("the old one", OLD, ["key_expired"]),
        ("the next one", NEXT, ["key_not_yet"]),
        ("none", "", ["secret_empty"]),
        ("the sample's", "your_secret_key", ["secret_sample"]),
    ]:
        post("secret: " + case, expect, sign(text, used))
    blanks = [{"id": "now", "secret": " " + SECRET + " "}]
    post("secret: trimmed", ["secret_trimmed"], sign(text), keys=blanks)
    as_bytes = hmac.new(bytes.fromhex(HEX_SECRET), text.encode(), hashlib.sha256).hexdigest()
    post("secret: decoded from hex", ["secret_decoded"], as_bytes, keys=[{"id": "now", "secret": HEX_SECRET}])
    encoded = base64.b64encode(b"twenty-four random bytes").decode()
    as_bytes = hmac.new(base64.b64decode(encoded), text.encode(), hashlib.sha256).hexdigest()
    post("secret: decoded from Base64", ["secret_decoded"], as_bytes, keys=[{"id": "now", "secret": encoded}])
    dead = [{"id": "old", "secret": OLD, "not_after": NOW - 1}]
    post("secret: all expired", ["no_live_key", "key_expired"], sign(text, OLD), keys=dead)


def ways():
    text = sorted_json(EVENT)
    plain = lambda *parts: hashlib.sha256("".join(parts).encode()).hexdigest()
    post("plain hash of the text", ["without_hmac"], plain(text))
    post("plain hash of secret and text", ["without_hmac"], plain(SECRET, text))
    post("plain hash of text and secret", ["without_hmac"], plain(text, SECRET))
    post("key and text swapped", ["key_and_text_swapped"], sign(SECRET, text))
    post("hashed first", ["hashed_first"], sign(plain(text)))
    for name in ("md5", "sha1", "sha384", "sha512"):
        post("HMAC with " + name, ["other_digest"], sign(text, digest=getattr(hashlib, name)))
    post("plain MD5 of text and secret", ["other_digest", "without_hmac"],
         hashlib.md5((text + SECRET).encode()).hexdigest())
    post("plain hash, with the old secret", ["key_expired", "without_hmac"], plain(OLD, text))


def json_texts():
    post("spaces after separators", ["blanks_signed"], sign(json.dumps(EVENT, sort_keys=True)))
    post("unsorted", ["unsorted"], sign(compact(EVENT)))
    post("unsorted, spaces after separators", ["blanks_signed", "unsorted"], sign(json.dumps(EVENT)))
    post("pretty-printed", ["pretty_printed"], sign(json.dumps(EVENT, sort_keys=True, indent=4)))
    post("line end signed", ["newline_signed"], sign(sorted_json(EVENT) + "\n"))
    post("sign left in, empty", ["sign_in_text"], sign(sorted_json({**EVENT, "sign": ""})))
    post("sign left in, the sample's", ["sign_in_text"], sign(sorted_json({**EVENT, "sign": "hmac_sha256_hex"})))
    post("sign left in, null", ["sign_in_text"], sign(sorted_json({**EVENT, "sign": None})))
    post("sign left in, unsorted", ["unsorted", "sign_in_text"], sign(compact({**EVENT, "sign": ""})))
    utf8 = compact(EVENT, sort_keys=True, ensure_ascii=False)
    post("unicode escapes, pinned elsewhere", ["form_not_allowed"], sign(utf8), forms=["raw", "json"])
    upper = sorted_json(EVENT).replace("\\u00e9", "\\u00E9")
    post("unicode escapes in capitals, as Java and .NET write them", ["unicode_escapes"], sign(upper))
    number = {**EVENT, "amount": 50.0}
    post("50.0 for 50", ["number_reformatted"], sign(sorted_json(number)), {**EVENT, "amount": 50})
    post("50.0 for text 50.00", ["number_or_text", "number_reformatted"], sign(sorted_json(number)))
    post("timestamp as text", ["number_or_text"], sign(sorted_json({**EVENT, "timestamp": "1717000000"})))
    without = {k: v for k, v in EVENT.items() if k != "sub_id_1"}
    post("a field not signed", ["field_not_signed"], sign(sorted_json(without)))
    post("empty fields left out", ["empty_left_out"], sign(sorted_json(EVENT)), {**EVENT, "geo": "", "reason": ""})
    post("partner signed, not sent", ["field_not_sent"], sign(sorted_json({**EVENT, "source": "acme"})))
    post("signed as parameters", ["signed_as_parameters"], sign(joined(EVENT)))
    post("signed in lower case", ["text_case"], sign(sorted_json(EVENT).lower()))
    both = sign(json.dumps(EVENT, sort_keys=True), SECRET + "\n")
    post("blanks, and the secret with a line end", ["blanks_signed", "secret_padded"], both)
    body = compact(EVENT)
    vector("header: line end signed", ["newline_signed"], body=body, header=sign(body + "\n"))
    vector("header: line end sent", ["newline_sent"], body=body + "\n", header=sign(body))
    vector("header: json= sends blanks", ["blanks_sent"], body=json.dumps(EVENT), header=sign(body))
    vector("header: blanks signed", ["blanks_signed"], body=body, header=sign(json.dumps(EVENT)))
    vector("header: pretty-printed", ["pretty_printed"], body=body, header=sign(json.dumps(EVENT, indent=2)))
    vector("raw in the query", ["raw_sign_outside_header"], body=body, query="sign=" + sign(body))
    vector("no JSON", ["unreadable"], body=str(EVENT), header=sign(str(EVENT)))


def parameter_texts():
    text = urlencode(sorted(PLAIN.items()))
    get("right", [], sign(text))
    get("decoded, right", [], sign(joined(PLAIN)))
    get("unsorted", ["unsorted"], sign(urlencode(list(PLAIN.items()))))
    get("signed with +, sent with %20", ["plus_or_percent20"], sign(text), encode=quoted)
    get("signed with %20, sent with +", ["plus_or_percent20"], sign(quoted(sorted(PLAIN.items()))))
    get("sign left in", ["sign_in_text"], sign(urlencode(sorted({**PLAIN, "sign": ""}.items()))))
    get("the question mark signed", ["url_signed"], sign("?" + text))
    get("the path signed", ["url_signed"], sign("/v1/event?" + text))
    get("the URL signed", ["url_signed"], sign("https://gate.example/v1/event?" + text))
    get("values alone", ["names_left_out"], sign("".join(v for _, v in sorted(PLAIN.items()))))
    get("joined by bars", ["joined_differently"], sign(joined(PLAIN, "|")))
    get("signed as JSON", ["signed_as_json", "unicode_escapes"], sign(sorted_json(PLAIN)))
    get("50 for 50.00", ["number_reformatted"], sign(urlencode(sorted({**PLAIN, "amount": "50"}.items()))))
    twice = {k: quote(v) for k, v in PLAIN.items()}
    get("encoded twice", ["encoded_twice"], sign(joined(PLAIN)), twice)
    ambiguous = {**PLAIN, "sub_id_1": "a&b=c"}
    get("decoded and ambiguous", ["decoded_ambiguous"], sign(joined(ambiguous)), ambiguous)
    get("pinned elsewhere", ["form_not_allowed"], sign(joined(PLAIN)), forms=["params"])
    amp = lambda items: urlencode(items).replace("&", "&amp;")
    get("&amp; left in the URL", ["mangled_entity"], sign(text), encode=amp)
    mangled = lambda items: urlencode(items).replace("&curren", "%C2%A4")
    mangled_text = "&".join(sorted(urlencode(list(PLAIN.items())).replace("&curren", "%C2%A4").split("&")))
    get("signed after it was mangled", ["mangled_entity"], sign(mangled_text), encode=mangled)
    macro = {**PLAIN, "sub_id_1": "{sub1}"}
    get("a macro left in", ["macro_left_in", "none_found"], sign(text), macro)


def times():
    body = compact(EVENT)
    stamped = lambda time, between=".": sign(f"{time}{between}{body}")
    now = str(NOW)
    vector("time: right", [], body=body, header=stamped(now), time=now)
    vector("time: milliseconds", ["time_in_milliseconds"], body=body, header=stamped(now + "000"), time=now + "000")
    vector("time: milliseconds sent, seconds signed", ["time_in_milliseconds"], body=body, header=stamped(now), time=now + "000")
    vector("time: not signed", ["time_not_signed"], body=body, header=sign(body), time=now)
    vector("time: without the dot", ["time_joined_differently"], body=body, header=stamped(now, ""), time=now)
    vector("time: not sent", ["time_not_sent"], body=body, header=stamped(now))
    vector("time: an hour old", ["time_outside"], body=body, header=stamped(NOW - 3600), time=str(NOW - 3600))
    vector("time: a date", ["time_malformed"], body=body, header=stamped("2024-05-29T16:26:40Z"), time="2024-05-29T16:26:40Z")
    vector("time: an hour old, and blanks", ["time_outside", "blanks_signed"], body=body,
           header=sign(f"{NOW - 3600}.{json.dumps(EVENT)}"), time=str(NOW - 3600))


sys.stdout.reconfigure(encoding="utf-8", newline="\n")
for part in (signatures, secrets, ways, json_texts, parameter_texts, times):
    part()
