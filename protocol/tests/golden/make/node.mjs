// Golden vectors as Node partners make them: JSON.stringify, URLSearchParams and querystring.
import { createHmac } from "node:crypto";
import querystring from "node:querystring";

const SECRET = "golden-secret-node";
const BASE = { event: "ftd", clickid: "abc123def456", status: "approved", currency: "USD" };
const CASES = {
  page: { amount: "50.00", geo: "DE", timestamp: 1717000000 },
  integer: { amount: 50 },
  float: { amount: 50.0 },
  float_written_as_exponent: { amount: 1e2 },
  float_cents: { amount: 0.29 },
  float_small: { amount: 1e-7 },
  float_large: { amount: 1e21 },
  slashes: { amount: "50.00", sub_id_1: "fb/de/001", reason: "https://a.example/x" },
  non_ascii: { amount: "50.00", sub_id_1: "é", sub_id_2: "日本", reason: "paid 😀" },
  blanks: { amount: "50.00", sub_id_1: "a b", sub_id_2: "c+d", reason: "100% sure" },
  unreserved: { amount: "50.00", sub_id_1: "~*!'()", sub_id_2: "-._" },
  empty: { amount: "50.00", sub_id_1: "", sub_id_2: "x" },
  html: { amount: "50.00", sub_id_1: "<b>'x'</b>", reason: 'he said "no" \\ yes' },
  joins: { amount: "50.00", sub_id_1: "a&b=c" },
};
const JSON_ONLY = {
  literals: { amount: "50.00", test: true, live: false, note: null },
  control: { amount: "50.00", reason: "tab\t line\n delete\x7f separator\u2028 bell\x07" },
};

const sign = (text) => createHmac("sha256", SECRET).update(text).digest("hex");
const sorted = (payload) => Object.fromEntries(Object.keys(payload).sort().map((k) => [k, payload[k]]));

function vector(c, encoder, form, contentType, query, body, signHeader = null, expect = "verified") {
  console.log(JSON.stringify({
    language: "node", case: c, encoder, form, content_type: contentType, query, body,
    sign_header: signHeader, secret: SECRET, expect,
  }));
}

const escapeNonAscii = (text) =>
  text.replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const compact = (payload) => JSON.stringify(payload);
const indented = (payload) => JSON.stringify(payload, null, 2);

function jsonVectors(c, payload) {
  const type = "application/json";
  const signature = sign(compact(sorted(payload)));
  const inside = { ...payload, sign: signature };
  vector(c, "JSON.stringify, sign inside", "json", type, "", compact(inside));
  vector(c, "JSON.stringify, sign in header", "json", type, "", compact(payload), signature);
  vector(c, "JSON.stringify, sent indented", "json", type, "", indented(inside));
  vector(c, "JSON.stringify, sent ASCII", "json-utf8", type, "", escapeNonAscii(compact(inside)));
  for (const encode of [compact, indented]) {
    const body = encode(payload);
    vector(c, `JSON.stringify ${encode.name}, raw`, "raw", type, "", body, sign(body));
  }
  const ascii = sign(escapeNonAscii(compact(sorted(payload))));
  vector(c, "escaped to ASCII, sent UTF-8", "json-ascii", type, "", compact({ ...payload, sign: ascii }));
}

function both(c, encoder, form, text, signHeader = null) {
  vector(c, `${encoder}, GET`, form, null, text, "", signHeader);
  const type = "application/x-www-form-urlencoded;charset=UTF-8";
  vector(c, `${encoder}, form POST`, form, type, "", text, signHeader);
}

function parameterVectors(c, payload) {
  const byHand = (one) => (p) => Object.entries(p).map(([k, v]) => `${k}=${one(v)}`).join("&");
  const encoders = {
    URLSearchParams: (p) => new URLSearchParams(p).toString(),
    "querystring.stringify": (p) => querystring.stringify(p),
    "encodeURIComponent joined by hand": byHand(encodeURIComponent),
  };
  const decoded = byHand(String);
  for (const [name, encode] of Object.entries(encoders)) {
    const signature = sign(encode(sorted(payload)));
    both(c, name, "params", encode({ ...payload, sign: signature }));
    both(c, `${name}, sign in header`, "params", encode(payload), signature);
    if (c !== "joins") {
      const ofDecoded = sign(decoded(sorted(payload)));
      both(c, `${name}, signed decoded`, "params-decoded", encode({ ...payload, sign: ofDecoded }));
    }
  }
}

function beyondTheClosedSet() {
  const payload = { ...BASE, ...CASES.page };
  const unsorted = sign(compact(payload));
  vector("page", "signed unsorted, sign inside", "json", "application/json", "",
    compact({ ...payload, sign: unsorted }), null, "refused");
}

for (const [c, fields] of Object.entries({ ...CASES, ...JSON_ONLY })) jsonVectors(c, { ...BASE, ...fields });
for (const [c, fields] of Object.entries(CASES)) parameterVectors(c, { ...BASE, ...fields });
beyondTheClosedSet();
