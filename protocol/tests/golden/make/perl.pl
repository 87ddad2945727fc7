#!/usr/bin/env perl
# Golden vectors as Perl partners make them: JSON::PP, Digest::SHA and HTTP::Tiny, all of the core.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(hmac_sha256_hex);
use Encode qw(encode_utf8 decode_utf8);
use HTTP::Tiny;
use JSON::PP;

my $SECRET = 'golden-secret-perl';
my %BASE = (event => 'ftd', clickid => 'abc123def456', status => 'approved', currency => 'USD');
my @CASES = (
    [page => {amount => '50.00', geo => 'DE', timestamp => 1717000000}],
    [integer => {amount => 50}],
    [float => {amount => 50.0}],
    [float_written_as_exponent => {amount => 1e2}],
    [float_cents => {amount => 0.29}],
    [float_small => {amount => 1e-7}],
    [float_large => {amount => 1e21}],
    [slashes => {amount => '50.00', sub_id_1 => 'fb/de/001', reason => 'https://a.example/x'}],
    [non_ascii => {amount => '50.00', sub_id_1 => 'é', sub_id_2 => '日本', reason => 'paid 😀'}],
    [blanks => {amount => '50.00', sub_id_1 => 'a b', sub_id_2 => 'c+d', reason => '100% sure'}],
    [unreserved => {amount => '50.00', sub_id_1 => q{~*!'()}, sub_id_2 => '-._'}],
    [empty => {amount => '50.00', sub_id_1 => '', sub_id_2 => 'x'}],
    [html => {amount => '50.00', sub_id_1 => q{<b>'x'</b>}, reason => 'he said "no" \\ yes'}],
    [joins => {amount => '50.00', sub_id_1 => 'a&b=c'}],
);
my @JSON_ONLY = (
    [literals => {amount => '50.00', test => JSON::PP::true, live => JSON::PP::false, note => undef}],
    [control => {amount => '50.00', reason => "tab\t line\n delete\x7f separator\x{2028} bell\x07"}],
);

sub signature { my ($bytes) = @_; return hmac_sha256_hex($bytes, $SECRET) }

my $vectors = JSON::PP->new->canonical->utf8;

# Texts are bytes, as they go over the wire.
sub vector {
    my ($case, $encoder, $form, $type, $query, $body, $header, $expect) = @_;
    print $vectors->encode({
        language => 'perl', case => $case, encoder => $encoder, form => $form,
        content_type => $type, query => decode_utf8($query), body => decode_utf8($body),
        sign_header => $header, secret => $SECRET, expect => $expect // 'verified',
    }), "\n";
}

# Made anew for each use: an encoder keeps the order it was last told.
sub utf8 { return JSON::PP->new->utf8 }
sub ascii { return JSON::PP->new->ascii }
sub slash { return JSON::PP->new->utf8->escape_slash }
my @JSON_ENCODERS = (
    ['JSON::PP utf8', \&utf8],
    ['JSON::PP ascii', \&ascii],
    ['JSON::PP utf8 escape_slash', \&slash],
);

sub json_vectors {
    my ($case, %payload) = @_;
    my $json = 'application/json';
    for (@JSON_ENCODERS) {
        my ($name, $encoder) = @$_;
        my $signature = signature($encoder->()->canonical->encode(\%payload));
        my $body = reversed($encoder->(), %payload);
        vector($case, "$name, sign inside", 'json', $json, '', reversed($encoder->(), %payload, sign => $signature));
        vector($case, "$name, sign in header", 'json', $json, '', $body, $signature);
        vector($case, "$name, raw", 'raw', $json, '', $body, signature($body));
    }
    my $signature = signature(ascii()->canonical->encode(\%payload));
    # JSON::PP leaves DEL as it is, as PHP does; Python does not.
    my $form = $case eq 'control' ? 'json-slash' : 'json-ascii';
    vector($case, 'signed ASCII, sent UTF-8', $form, $json, '', reversed(utf8(), %payload, sign => $signature));
    $signature = signature(utf8()->canonical->encode(\%payload));
    my $sent = reversed(ascii(), %payload, sign => $signature);
    vector($case, 'signed UTF-8, sent ASCII', 'json-utf8', $json, '', $sent);
}

# Perl's own order changes from run to run; the reverse order stands for it.
sub reversed {
    my ($encoder, %payload) = @_;
    return $encoder->sort_by(sub { $JSON::PP::b cmp $JSON::PP::a })->encode(\%payload);
}

sub both {
    my ($case, $encoder, $form, $text, $header) = @_;
    vector($case, "$encoder, GET", $form, undef, $text, '', $header);
    vector($case, "$encoder, form POST", $form, 'application/x-www-form-urlencoded', '', $text, $header);
}

# What Perl partners write by hand for want of a module: everything but unreserved, in either case.
sub escaped {
    my ($format, $value) = @_;
    my $bytes = encode_utf8($value);
    $bytes =~ s/([^A-Za-z0-9\-._~])/sprintf($format, ord($1))/ge;
    return $bytes;
}

sub joined {
    my ($one, @pairs) = @_;
    return join '&', map { "$_->[0]=" . $one->($_->[1]) } @pairs;
}

sub parameter_vectors {
    my ($case, %payload) = @_;
    my @pairs = map { [$_, $payload{$_}] } sort keys %payload;
    my $http = HTTP::Tiny->new;
    my @encoders = (
        ['HTTP::Tiny www_form_urlencode', sub { $http->www_form_urlencode([map { @$_ } @_]) }],
        ['escaped by hand', sub { joined(sub { escaped('%%%02X', $_[0]) }, @_) }],
        ['escaped by hand in lower case', sub { joined(sub { escaped('%%%02x', $_[0]) }, @_) }],
    );
    for (@encoders) {
        my ($name, $encode) = @$_;
        my $signature = signature($encode->(@pairs));
        my @sent = reverse(@pairs);
        both($case, $name, 'params', $encode->(@sent, ['sign', $signature]));
        both($case, "$name, sign in header", 'params', $encode->(@sent), $signature);
        next if $case eq 'joins';
        $signature = signature(joined(sub { encode_utf8($_[0]) }, @pairs));
        both($case, "$name, signed decoded", 'params-decoded', $encode->(@sent, ['sign', $signature]));
    }
}

json_vectors($_->[0], %BASE, %{$_->[1]}) for @CASES, @JSON_ONLY;
parameter_vectors($_->[0], %BASE, %{$_->[1]}) for @CASES;
