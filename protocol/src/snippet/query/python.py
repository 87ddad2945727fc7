import hashlib, hmac, os, urllib.request
from urllib.parse import quote, urlencode

secret = os.environ["POSTERN_SECRET"]  # exactly as issued: not trimmed, not decoded
event = {
    "clickid": "abc123def456",
    "event": "ftd",
    "status": "approved",
    "amount": "50.00",
    "currency": "USD",
    "sub_id_1": "fb_de_001",
    "timestamp": "1717000000",
    "source": "@PARTNER@",
}
# Encoded once: what is signed is what is sent.
query = urlencode(sorted(event.items()), quote_via=quote, safe="")
sign = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
with urllib.request.urlopen(f"@URL@?{query}&sign={sign}", timeout=30) as answer:
    print(answer.status, answer.read().decode())
