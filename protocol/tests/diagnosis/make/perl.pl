#!/usr/bin/env perl
# Wrong signatures as Perl partners make them, each with the causes a diagnosis must name.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(hmac_sha256_hex hmac_sha256_base64 hmac_sha1_hex sha256_hex);
use Digest::MD5 qw(md5_hex);
use Encode qw(decode_utf8);
use JSON::PP;

my $SECRET = 'a-Secret-of-perl-42';
my %EVENT = (event => 'ftd', clickid => 'abc123def456', status => 'approved', amount => '50.00',
    currency => 'USD', sub_id_1 => 'fb/dé 001', timestamp => 1717000000);
my $vectors = JSON::PP->new->canonical->utf8;

sub vector {
    my ($case, $expect, $body, $header) = @_;
    print $vectors->encode({
        language => 'perl', case => $case, expect => $expect, encoding => 'json', query => '',
        body => decode_utf8($body), sign_header => $header, time_header => undef,
        keys => [{id => 'now', secret => $SECRET}], forms => undef,
    }), "\n";
}

# Perl's own order changes from run to run; the reverse order stands for it.
sub reversed { return JSON::PP->new->utf8->sort_by(sub { $JSON::PP::b cmp $JSON::PP::a }) }
sub post {
    my ($case, $expect, $sign) = @_;
    vector($case, $expect, reversed()->encode({%EVENT, sign => $sign}));
}

my $text = JSON::PP->new->utf8->canonical->encode(\%EVENT);
post('right', [], hmac_sha256_hex($text, $SECRET));
post('arguments swapped', ['key_and_text_swapped'], hmac_sha256_hex($SECRET, $text));
post('Base64, which Digest::SHA leaves unpadded', ['sign_base64'], hmac_sha256_base64($text, $SECRET));
post('sha256_hex', ['without_hmac'], sha256_hex($text . $SECRET));
post('md5_hex', ['other_digest', 'without_hmac'], md5_hex($SECRET . $text));
post('hmac_sha1_hex', ['other_digest'], hmac_sha1_hex($text, $SECRET));
post('unsorted', ['unsorted'], hmac_sha256_hex(reversed()->encode(\%EVENT), $SECRET));
my %number = (%EVENT, amount => $EVENT{amount} + 0);
post('the amount used as a number once', ['number_or_text', 'number_reformatted'],
    hmac_sha256_hex(JSON::PP->new->utf8->canonical->encode(\%number), $SECRET));
my $body = reversed()->encode(\%EVENT);
vector('the secret read by <$file>, not chomped', ['secret_padded'], $body, hmac_sha256_hex($body, "$SECRET\n"));
vector('the body printed with a line end', ['newline_sent'], "$body\n", hmac_sha256_hex($body, $SECRET));
