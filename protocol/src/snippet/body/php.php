<?php
$secret = getenv('POSTERN_SECRET'); // exactly as issued: not trimmed, not decoded
$event = [
    'clickid' => 'abc123def456',
    'event' => 'ftd',
    'status' => 'approved',
    'amount' => '50.00',
    'currency' => 'USD',
    'sub_id_1' => 'fb_de_001',
    'timestamp' => 1717000000,
];
ksort($event, SORT_STRING);
// Serialised once: what is signed is what is sent.
$body = json_encode($event, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
$sign = hash_hmac('sha256', $body, $secret);
$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => [
        'Content-Type: application/json',
        'X-RS-Source: @PARTNER@',
        "X-RS-Sign: $sign",
    ],
    'content' => $body,
    'timeout' => 30,
    'follow_location' => 0,
    'ignore_errors' => true,
]]);
$answer = file_get_contents('@URL@', false, $context);
echo $http_response_header[0] ?? 'no answer', ' ', $answer, "\n";
