#!/bin/sh
# Makes all vectors anew; see ../README.md for what it needs.
set -eu
cd "$(dirname "$0")"
python3 python.py > ../python.ndjson
php php.php > ../php.ndjson
node node.mjs > ../node.ndjson
ruby ruby.rb > ../ruby.ndjson
perl perl.pl > ../perl.ndjson
go run go.go > ../go.ndjson
