#!/bin/sh
# POSTERN_SECRET holds the secret exactly as issued. openssl shows it to other users of this
# machine while it runs: for trying out only.
# Values percent-encoded, sorted by name: what is signed is what is sent.
query='amount=50.00&clickid=abc123def456&currency=USD&event=ftd&source=@PARTNER@&status=approved&sub_id_1=fb_de_001&timestamp=1717000000'
# printf, not echo: a line end must not be signed.
sign=$(printf %s "$query" | openssl dgst -sha256 -hmac "$POSTERN_SECRET" | sed 's/^.* //')
curl --silent --show-error --max-time 30 --write-out ' %{http_code}\n' "@URL@?$query&sign=$sign"
