# What the tools share. Read by `. tools/common.sh`; does nothing by itself.
# shellcheck shell=bash
set -euo pipefail
shopt -s inherit_errexit # what fails inside $(…) ends it, and with it the tool

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# What was built is looked for here, wherever else cargo is told to build.
export CARGO_TARGET_DIR="$root/target"

cache=${POSTERN_CACHE:-${HOME:+$HOME/.cache/postern}}
cache=${cache:-$root/target/cache} # nobody's home: kept with what is built
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

# Progress goes to stderr: stdout is the tool's answer.
say() { printf '  %s\n' "$*" >&2; }
die() { printf '\npostern: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# True when version $1 is $2 or later.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" = "$2" ]; }

# A server that could not be reached is not asked again for a day: a hanging try costs its whole bound.
# Usage: try NAME SECONDS COMMAND…
try() {
  local mark="$cache/unreachable-$1" seconds=$2
  shift 2
  if [ -n "$(find "$mark" -mmin -1440 2>/dev/null)" ]; then return 1; fi
  say "$* (at most $seconds s)"
  if timeout "$seconds" "$@" >&2; then rm -f "$mark"; else
    touch "$mark"
    say "that did not work; not tried again for a day (remove $mark to try sooner)"
    return 1
  fi
}
