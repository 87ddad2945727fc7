use strict;
use warnings;
use utf8;
use Digest::SHA qw(hmac_sha256_hex);
use HTTP::Tiny; # over https with IO::Socket::SSL (Debian: libio-socket-ssl-perl)

my $secret = $ENV{POSTERN_SECRET}; # exactly as issued: not trimmed, not decoded
my %event = (
    clickid => 'abc123def456',
    event => 'ftd',
    status => 'approved',
    amount => '50.00',
    currency => 'USD',
    sub_id_1 => 'fb_de_001',
    timestamp => '1717000000',
    source => '@PARTNER@',
);
my $http = HTTP::Tiny->new(timeout => 30, max_redirect => 0, verify_SSL => 1);
# Encoded once: what is signed is what is sent. Of a hash, the names come sorted.
my $query = $http->www_form_urlencode(\%event);
my $sign = hmac_sha256_hex($query, $secret);
my $answer = $http->get('@URL@' . "?$query&sign=$sign");
print "$answer->{status} $answer->{content}\n";
