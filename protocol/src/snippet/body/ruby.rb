require 'json'
require 'net/http'
require 'openssl'

secret = ENV.fetch('POSTERN_SECRET') # exactly as issued: not trimmed, not decoded
event = {
  clickid: 'abc123def456',
  event: 'ftd',
  status: 'approved',
  amount: '50.00',
  currency: 'USD',
  sub_id_1: 'fb_de_001',
  timestamp: 1717000000
}
# Serialised once: what is signed is what is sent.
body = JSON.generate(event.sort.to_h)
sign = OpenSSL::HMAC.hexdigest('SHA256', secret, body)
headers = { 'Content-Type' => 'application/json', 'X-RS-Source' => '@PARTNER@', 'X-RS-Sign' => sign }
answer = Net::HTTP.post(URI('@URL@'), body, headers)
puts "#{answer.code} #{answer.body}"
