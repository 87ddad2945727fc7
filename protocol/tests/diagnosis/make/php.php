<?php
// Wrong signatures as PHP partners make them, each with the causes a diagnosis must name.
const SECRET = 'a-Secret-of-php-42';
const EVENT = ['event' => 'ftd', 'clickid' => 'abc123def456', 'status' => 'approved', 'amount' => '50.00',
    'currency' => 'USD', 'sub_id_1' => 'fb/dé 001', 'timestamp' => 1717000000];

function signature(string $text): string { return hash_hmac('sha256', $text, SECRET); }

function sorted(array $event): array { ksort($event, SORT_STRING); return $event; }

function vector(string $case, array $expect, string $encoding, string $query, string $body, ?string $header = null): void {
    echo json_encode([
        'language' => 'php', 'case' => $case, 'expect' => $expect, 'encoding' => $encoding, 'query' => $query,
        'body' => $body, 'sign_header' => $header, 'time_header' => null,
        'keys' => [['id' => 'now', 'secret' => SECRET]], 'forms' => null,
    ], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}

function post(string $case, array $expect, string $sign, int $flags = 0, array $event = EVENT): void {
    vector($case, $expect, 'json', '', json_encode($event + ['sign' => $sign], $flags));
}

$plain = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;
post('right', [], signature(json_encode(sorted(EVENT))));
post('right, sent plain', [], signature(json_encode(sorted(EVENT))), $plain);
post('slashes escaped, letters not', ['slashes_escaped'],
    signature(json_encode(sorted(EVENT), JSON_UNESCAPED_UNICODE)), $plain);
post('slashes escaped, unsorted', ['unsorted'], signature(json_encode(EVENT)), $plain);
post('pretty-printed', ['pretty_printed'], signature(json_encode(sorted(EVENT), JSON_PRETTY_PRINT)));
post('unsorted', ['unsorted'], signature(json_encode(EVENT)));
post('Base64 of the raw digest', ['sign_base64'], base64_encode(hash_hmac('sha256', json_encode(sorted(EVENT)), SECRET, true)));
post('Base64 of the hex digest', ['sign_base64'], base64_encode(signature(json_encode(sorted(EVENT)))));
post('hash() with the secret behind', ['without_hmac'], hash('sha256', json_encode(sorted(EVENT)) . SECRET));
post('md5 with the secret behind', ['other_digest', 'without_hmac'], md5(json_encode(sorted(EVENT)) . SECRET));
post('hash_hmac with its arguments swapped', ['key_and_text_swapped'], hash_hmac('sha256', SECRET, json_encode(sorted(EVENT))));
post('hex escapes of tags', ['html_escapes'],
    signature(json_encode(sorted(['reason' => 'a<b>'] + EVENT), JSON_HEX_TAG | $plain)), $plain, ['reason' => 'a<b>'] + EVENT);

$text = fn (int $type): string => http_build_query(sorted(EVENT), '', '&', $type);
$sent = fn (int $type, string $sign): string => http_build_query(EVENT + ['sign' => $sign], '', '&', $type);
vector('right', [], 'query', $sent(PHP_QUERY_RFC1738, signature($text(PHP_QUERY_RFC1738))), '');
vector('signed with +, sent with %20', ['plus_or_percent20'], 'query', $sent(PHP_QUERY_RFC3986, signature($text(PHP_QUERY_RFC1738))), '');
vector('unsorted', ['unsorted'], 'query', $sent(PHP_QUERY_RFC1738, signature(http_build_query(EVENT))), '');
vector('implode of values', ['names_left_out'], 'query', $sent(PHP_QUERY_RFC1738, signature(implode('', sorted(EVENT)))), '');
vector('implode of values with bars', ['names_left_out'], 'query', $sent(PHP_QUERY_RFC1738, signature(implode('|', sorted(EVENT)))), '');
vector('joined by &amp;', ['joined_differently'], 'query', $sent(PHP_QUERY_RFC1738, signature(http_build_query(sorted(EVENT), '', '&amp;'))), '');
vector('form, unsorted', ['unsorted'], 'form', '', $sent(PHP_QUERY_RFC1738, signature(http_build_query(EVENT))));
