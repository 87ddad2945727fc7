# Wrong signatures as Ruby partners make them, each with the causes a diagnosis must name.
require 'json'
require 'openssl'
require 'uri'

SECRET = 'a-Secret-of-ruby-42'
EVENT = { event: 'ftd', clickid: 'abc123def456', status: 'approved', amount: '50.00', currency: 'USD',
          sub_id_1: 'fb/dé 001', timestamp: 1717000000 }.freeze

def sign(text, secret = SECRET) = OpenSSL::HMAC.hexdigest('SHA256', secret, text)

def vector(name, expect, encoding, query: '', body: '', header: nil)
  puts JSON.generate(language: 'ruby', case: name, expect:, encoding:, query:, body:, sign_header: header,
                     time_header: nil, keys: [{ id: 'now', secret: SECRET }], forms: nil)
end

def post(name, expect, signature) = vector(name, expect, 'json', body: JSON.generate(EVENT.merge(sign: signature)))

sorted = EVENT.sort.to_h
text = JSON.generate(sorted)
post('right', [], sign(text))
post('pretty_generate', ['pretty_printed'], sign(JSON.pretty_generate(sorted)))
post('unsorted', ['unsorted'], sign(JSON.generate(EVENT)))
post('arguments swapped', ['key_and_text_swapped'], sign(SECRET, text))
post('Base64 with its line end', %w[sign_in_blanks sign_base64], [OpenSSL::HMAC.digest('SHA256', SECRET, text)].pack('m'))
post('sign left in as nil', ['sign_in_text'], sign(JSON.generate(EVENT.merge(sign: nil).sort.to_h)))
post('puts, so a line end', ['newline_signed'], sign("#{text}\n"))
query = URI.encode_www_form(EVENT.merge(sign: sign(URI.encode_www_form(EVENT))).to_a)
vector('unsorted', ['unsorted'], 'query', query:)
