require 'net/http'
require 'openssl'
require 'uri'

secret = ENV.fetch('POSTERN_SECRET') # exactly as issued: not trimmed, not decoded
event = {
  'clickid' => 'abc123def456',
  'event' => 'ftd',
  'status' => 'approved',
  'amount' => '50.00',
  'currency' => 'USD',
  'sub_id_1' => 'fb_de_001',
  'timestamp' => '1717000000',
  'source' => '@PARTNER@'
}
# Encoded once: what is signed is what is sent.
query = URI.encode_www_form(event.sort)
sign = OpenSSL::HMAC.hexdigest('SHA256', secret, query)
answer = Net::HTTP.get_response(URI("@URL@?#{query}&sign=#{sign}"))
puts "#{answer.code} #{answer.body}"
