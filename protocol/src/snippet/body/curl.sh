#!/bin/sh
# POSTERN_SECRET holds the secret exactly as issued. openssl shows it to other users of this
# machine while it runs: for trying out only.
body='{"amount":"50.00","clickid":"abc123def456","currency":"USD","event":"ftd","status":"approved","sub_id_1":"fb_de_001","timestamp":1717000000}'
# printf, not echo: a line end must not be signed.
sign=$(printf %s "$body" | openssl dgst -sha256 -hmac "$POSTERN_SECRET" | sed 's/^.* //')
curl --silent --show-error --max-time 30 --write-out ' %{http_code}\n' '@URL@' \
  --header 'Content-Type: application/json' \
  --header 'X-RS-Source: @PARTNER@' \
  --header "X-RS-Sign: $sign" \
  --data-binary "$body"
