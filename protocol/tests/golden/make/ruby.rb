# frozen_string_literal: true

# Golden vectors as Ruby partners make them: the json and uri libraries, nothing else.
require "cgi"
require "erb"
require "json"
require "openssl"
require "uri"

SECRET = "golden-secret-ruby"
BASE = { "event" => "ftd", "clickid" => "abc123def456", "status" => "approved", "currency" => "USD" }.freeze
CASES = {
  "page" => { "amount" => "50.00", "geo" => "DE", "timestamp" => 1_717_000_000 },
  "integer" => { "amount" => 50 },
  "float" => { "amount" => 50.0 },
  "float_written_as_exponent" => { "amount" => 1e2 },
  "float_cents" => { "amount" => 0.29 },
  "float_small" => { "amount" => 1e-7 },
  "float_large" => { "amount" => 1e21 },
  "slashes" => { "amount" => "50.00", "sub_id_1" => "fb/de/001", "reason" => "https://a.example/x" },
  "non_ascii" => { "amount" => "50.00", "sub_id_1" => "é", "sub_id_2" => "日本", "reason" => "paid 😀" },
  "blanks" => { "amount" => "50.00", "sub_id_1" => "a b", "sub_id_2" => "c+d", "reason" => "100% sure" },
  "unreserved" => { "amount" => "50.00", "sub_id_1" => "~*!'()", "sub_id_2" => "-._" },
  "empty" => { "amount" => "50.00", "sub_id_1" => "", "sub_id_2" => "x" },
  "html" => { "amount" => "50.00", "sub_id_1" => "<b>'x'</b>", "reason" => 'he said "no" \\ yes' },
  "joins" => { "amount" => "50.00", "sub_id_1" => "a&b=c" }
}.freeze
JSON_ONLY = {
  "literals" => { "amount" => "50.00", "test" => true, "live" => false, "note" => nil },
  "control" => { "amount" => "50.00", "reason" => "tab\t line\n delete\x7f separator\u2028 bell\x07" }
}.freeze

def sign(text)
  OpenSSL::HMAC.hexdigest("SHA256", SECRET, text)
end

def vector(kase, encoder, form, type, query, body, header = nil, expect = "verified")
  puts JSON.generate(
    language: "ruby", case: kase, encoder: encoder, form: form, content_type: type, query: query,
    body: body, sign_header: header, secret: SECRET, expect: expect
  )
end

JSON_ENCODERS = {
  "JSON.generate" => ->(payload) { JSON.generate(payload) },
  "JSON.generate ascii_only" => ->(payload) { JSON.generate(payload, ascii_only: true) },
  "JSON.generate script_safe" => ->(payload) { JSON.generate(payload, script_safe: true) },
  "JSON.pretty_generate" => ->(payload) { JSON.pretty_generate(payload) }
}.freeze

def json_vectors(kase, payload)
  json = "application/json"
  JSON_ENCODERS.each do |name, encode|
    body = encode.call(payload)
    vector(kase, "#{name}, raw", "raw", json, "", body, sign(body))
    next if name == "JSON.pretty_generate"

    signature = sign(encode.call(payload.sort.to_h))
    vector(kase, "#{name}, sign inside", "json", json, "", encode.call(payload.merge("sign" => signature)))
    vector(kase, "#{name}, sign in header", "json", json, "", body, signature)
  end
  resigned_vectors(kase, payload)
end

def resigned_vectors(kase, payload)
  json = "application/json"
  signature = sign(JSON.generate(payload.sort.to_h))
  inside = payload.merge("sign" => signature)
  vector(kase, "JSON.generate, sent pretty", "json", json, "", JSON.pretty_generate(inside))
  vector(kase, "signed UTF-8, sent ASCII", "json-utf8", json, "", JSON.generate(inside, ascii_only: true))
  signature = sign(JSON.generate(payload.sort.to_h, ascii_only: true))
  # Ruby leaves DEL as it is, as PHP does; Python does not.
  form = kase == "control" ? "json-slash" : "json-ascii"
  sent = JSON.generate(payload.merge("sign" => signature))
  vector(kase, "signed ASCII, sent UTF-8", form, json, "", sent)
end

def both(kase, encoder, form, text, header = nil)
  vector(kase, "#{encoder}, GET", form, nil, text, "", header)
  vector(kase, "#{encoder}, form POST", form, "application/x-www-form-urlencoded", "", text, header)
end

def join_with(payload)
  payload.map { |name, value| "#{name}=#{yield value.to_s}" }.join("&")
end

PARAMETER_ENCODERS = {
  "URI.encode_www_form" => ->(payload) { URI.encode_www_form(payload) },
  "CGI.escape joined by hand" => ->(payload) { join_with(payload) { |value| CGI.escape(value) } },
  "ERB url_encode joined by hand" => ->(payload) { join_with(payload) { |value| ERB::Util.url_encode(value) } }
}.freeze

def parameter_vectors(kase, payload)
  PARAMETER_ENCODERS.each do |name, encode|
    signature = sign(encode.call(payload.sort.to_h))
    both(kase, name, "params", encode.call(payload.merge("sign" => signature)))
    both(kase, "#{name}, sign in header", "params", encode.call(payload), signature)
    next if kase == "joins"

    signature = sign(join_with(payload.sort.to_h) { |value| value })
    both(kase, "#{name}, signed decoded", "params-decoded", encode.call(payload.merge("sign" => signature)))
  end
end

CASES.merge(JSON_ONLY).each { |kase, fields| json_vectors(kase, BASE.merge(fields)) }
CASES.each { |kase, fields| parameter_vectors(kase, BASE.merge(fields)) }
