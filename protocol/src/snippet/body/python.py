import hashlib, hmac, json, os, urllib.request

secret = os.environ["POSTERN_SECRET"]  # exactly as issued: not trimmed, not decoded
event = {
    "clickid": "abc123def456",
    "event": "ftd",
    "status": "approved",
    "amount": "50.00",
    "currency": "USD",
    "sub_id_1": "fb_de_001",
    "timestamp": 1717000000,
}
# Serialised once: what is signed is what is sent.
body = json.dumps(event, sort_keys=True, separators=(",", ":")).encode()
sign = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
request = urllib.request.Request("@URL@", data=body, headers={
    "Content-Type": "application/json",
    "X-RS-Source": "@PARTNER@",
    "X-RS-Sign": sign,
})
with urllib.request.urlopen(request, timeout=30) as answer:
    print(answer.status, answer.read().decode())
