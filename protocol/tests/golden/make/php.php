<?php
// Golden vectors as PHP partners make them: json_encode and http_build_query, nothing else.
declare(strict_types=1);

const SECRET = 'golden-secret-php';
const BASE = ['event' => 'ftd', 'clickid' => 'abc123def456', 'status' => 'approved', 'currency' => 'USD'];
const CASES = [
    'page' => ['amount' => '50.00', 'geo' => 'DE', 'timestamp' => 1717000000],
    'integer' => ['amount' => 50],
    'float' => ['amount' => 50.0],
    'float_written_as_exponent' => ['amount' => 1e2],
    'float_cents' => ['amount' => 0.29],
    'float_small' => ['amount' => 1e-7],
    'float_large' => ['amount' => 1e21],
    'slashes' => ['amount' => '50.00', 'sub_id_1' => 'fb/de/001', 'reason' => 'https://a.example/x'],
    'non_ascii' => ['amount' => '50.00', 'sub_id_1' => 'é', 'sub_id_2' => '日本/é', 'reason' => 'paid 😀'],
    'blanks' => ['amount' => '50.00', 'sub_id_1' => 'a b', 'sub_id_2' => 'c+d', 'reason' => '100% sure'],
    'unreserved' => ['amount' => '50.00', 'sub_id_1' => "~*!'()", 'sub_id_2' => '-._'],
    'empty' => ['amount' => '50.00', 'sub_id_1' => '', 'sub_id_2' => 'x'],
    'html' => ['amount' => '50.00', 'sub_id_1' => "<b>'x'</b>", 'reason' => 'he said "no" \\ yes'],
    'joins' => ['amount' => '50.00', 'sub_id_1' => 'a&b=c'],
];
const JSON_ONLY = [
    'literals' => ['amount' => '50.00', 'test' => true, 'live' => false, 'note' => null],
    'control' => ['amount' => '50.00', 'reason' => "tab\t line\n delete\x7f separator\u{2028} bell\x07"],
];

function sign(string $text): string
{
    return hash_hmac('sha256', $text, SECRET);
}

function sorted(array $payload): array
{
    ksort($payload);
    return $payload;
}

function vector(
    string $case, string $encoder, string $form, ?string $type, string $query, string $body,
    ?string $header = null, string $expect = 'verified',
): void {
    echo json_encode([
        'language' => 'php', 'case' => $case, 'encoder' => $encoder, 'form' => $form,
        'content_type' => $type, 'query' => $query, 'body' => $body, 'sign_header' => $header,
        'secret' => SECRET, 'expect' => $expect,
    ], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
}

const FLAGS = [
    'json_encode' => 0,
    'json_encode UNESCAPED_SLASHES' => JSON_UNESCAPED_SLASHES,
    'json_encode UNESCAPED_UNICODE' => JSON_UNESCAPED_UNICODE,
    'json_encode UNESCAPED_SLASHES UNESCAPED_UNICODE' => JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE,
    'json_encode PRESERVE_ZERO_FRACTION' => JSON_PRESERVE_ZERO_FRACTION,
    'json_encode NUMERIC_CHECK' => JSON_NUMERIC_CHECK,
    'json_encode HEX_TAG HEX_AMP HEX_APOS HEX_QUOT' => JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT,
];

function json_vectors(string $case, array $payload): void
{
    foreach (FLAGS as $name => $flags) {
        $signature = sign(json_encode(sorted($payload), $flags));
        $inside = json_encode($payload + ['sign' => $signature], $flags);
        vector($case, "$name, sign inside", 'json', 'application/json', '', $inside);
        $body = json_encode($payload, $flags);
        vector($case, "$name, sign in header", 'json', 'application/json', '', $body, $signature);
        vector($case, "$name, raw", 'raw', 'application/json', '', $body, sign($body));
    }
    // Signed with the defaults, sent by an HTTP client that writes them its own way.
    $signature = sign(json_encode(sorted($payload)));
    foreach ([JSON_UNESCAPED_SLASHES, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE] as $flags) {
        $sent = json_encode($payload + ['sign' => $signature], $flags);
        vector($case, "signed with defaults, sent with flags $flags", 'json-slash', 'application/json', '', $sent);
    }
    $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS;
    $signature = sign(json_encode(sorted($payload), $flags));
    $sent = json_encode($payload + ['sign' => $signature]);
    vector($case, 'signed UTF-8, sent with defaults', 'json-utf8', 'application/json', '', $sent);
}

function both(string $case, string $encoder, string $form, string $text, ?string $header = null): void
{
    vector($case, "$encoder, GET", $form, null, $text, '', $header);
    vector($case, "$encoder, form POST", $form, 'application/x-www-form-urlencoded', '', $text, $header);
}

function parameter_vectors(string $case, array $payload): void
{
    $encoders = [
        'http_build_query' => fn (array $p) => http_build_query($p),
        'http_build_query RFC3986' => fn (array $p) => http_build_query($p, '', '&', PHP_QUERY_RFC3986),
        'urlencode joined by hand' => fn (array $p) => implode('&', array_map(
            fn ($k, $v) => "$k=" . urlencode((string) $v), array_keys($p), $p)),
    ];
    $decoded = [
        'signed decoded' => fn (array $p) => implode('&', array_map(
            fn ($k, $v) => "$k=$v", array_keys($p), $p)),
        'signed urldecode(http_build_query)' => fn (array $p) => urldecode(http_build_query($p)),
    ];
    foreach ($encoders as $name => $encode) {
        $signature = sign($encode(sorted($payload)));
        both($case, $name, 'params', $encode($payload + ['sign' => $signature]));
        both($case, "$name, sign in header", 'params', $encode($payload), $signature);
        foreach ($case === 'joins' ? [] : $decoded as $how => $join) {
            $signature = sign($join(sorted($payload)));
            both($case, "$name, $how", 'params-decoded', $encode($payload + ['sign' => $signature]));
        }
    }
}

function beyond_the_closed_set(): void
{
    $payload = BASE + CASES['non_ascii'];
    $signature = sign(json_encode(sorted($payload), JSON_UNESCAPED_UNICODE));
    $sent = json_encode($payload + ['sign' => $signature], JSON_UNESCAPED_SLASHES);
    vector('non_ascii', 'signed UTF-8 with \/, sent ASCII', 'json-utf8', 'application/json', '', $sent, null, 'refused');
    $payload = BASE + CASES['page'];
    $signature = sign(implode('', sorted($payload)));
    $sent = http_build_query($payload + ['sign' => $signature]);
    vector('page', 'signed values without names', 'params', null, $sent, '', null, 'refused');
}

foreach (CASES + JSON_ONLY as $case => $fields) {
    json_vectors($case, BASE + $fields);
}
foreach (CASES as $case => $fields) {
    parameter_vectors($case, BASE + $fields);
}
beyond_the_closed_set();
