<?php
$secret = getenv('POSTERN_SECRET'); // exactly as issued: not trimmed, not decoded
$event = [
    'clickid' => 'abc123def456',
    'event' => 'ftd',
    'status' => 'approved',
    'amount' => '50.00',
    'currency' => 'USD',
    'sub_id_1' => 'fb_de_001',
    'timestamp' => '1717000000',
    'source' => '@PARTNER@',
];
ksort($event, SORT_STRING);
// Encoded once: what is signed is what is sent.
$query = http_build_query($event, '', '&', PHP_QUERY_RFC3986);
$sign = hash_hmac('sha256', $query, $secret);
$context = stream_context_create(['http' => ['timeout' => 30, 'follow_location' => 0, 'ignore_errors' => true]]);
$answer = file_get_contents("@URL@?$query&sign=$sign", false, $context);
echo $http_response_header[0] ?? 'no answer', ' ', $answer, "\n";
