use strict;
use warnings;
use utf8;
use Digest::SHA qw(hmac_sha256_hex);
use HTTP::Tiny; # over https with IO::Socket::SSL (Debian: libio-socket-ssl-perl)
use JSON::PP;

my $secret = $ENV{POSTERN_SECRET}; # exactly as issued: not trimmed, not decoded
my %event = (
    clickid => 'abc123def456',
    event => 'ftd',
    status => 'approved',
    amount => '50.00',
    currency => 'USD',
    sub_id_1 => 'fb_de_001',
    timestamp => 1717000000,
);
# Serialised once: what is signed is what is sent. `canonical` sorts by name.
my $body = JSON::PP->new->canonical->utf8->encode(\%event);
my $answer = HTTP::Tiny->new(timeout => 30, max_redirect => 0, verify_SSL => 1)->post('@URL@', {
    content => $body,
    headers => {
        'Content-Type' => 'application/json',
        'X-RS-Source' => '@PARTNER@',
        'X-RS-Sign' => hmac_sha256_hex($body, $secret),
    },
});
print "$answer->{status} $answer->{content}\n";
