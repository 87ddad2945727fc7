# Signs the postbacks of a tracker that cannot, and passes them on.
# POSTERN_SECRET: the secret, exactly as issued. RELAY_KEY: a long random word of your own; the tracker
# calls https://this-host/RELAY_KEY/?..., so nobody else can have anything signed. Keep TLS in front of it.
import hashlib, hmac, os, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GATE, PARTNER = "@URL@", "@PARTNER@"
SECRET = os.environ["POSTERN_SECRET"].encode()
KEY = os.environ["RELAY_KEY"]
LISTEN = os.environ.get("RELAY_LISTEN", "127.0.0.1:8099").rsplit(":", 1)


def name(pair):
    return pair.split("=")[0]


def signed(query):
    # A macro that was filled with nothing is left out; a sign or a source of the caller's is not ours.
    sent = [pair for pair in query.split("&") if name(pair) not in ("sign", "source") and not pair.endswith("=")]
    text = "&".join(sorted(sent + ["source=" + PARTNER], key=name))  # the rest is signed as it was sent
    return text + "&sign=" + hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()


class Relay(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        if not hmac.compare_digest(path.strip("/").encode(), KEY.encode()):
            return self.answer(404, b"")
        try:
            with urllib.request.urlopen(GATE + "?" + signed(query), timeout=30) as answer:
                self.answer(answer.status, answer.read())
        except urllib.error.HTTPError as refused:
            self.answer(refused.code, refused.read())
        except OSError:
            self.answer(503, b"")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # a log line would hold the relay's key
        pass


if len(KEY) < 16:
    raise SystemExit("RELAY_KEY is shorter than 16 characters; make a longer one")
server = ThreadingHTTPServer((LISTEN[0], int(LISTEN[1])), Relay)
print("relaying on http://%s:%d/RELAY_KEY/" % server.server_address, flush=True)
server.serve_forever()
