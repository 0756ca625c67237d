#!/usr/bin/env bash
# Lints the protos and refuses a change that breaks a client of the last release.
#
#   tools/check_proto.sh [--against REF]    REF: a git ref; without it the newest tag v*
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tools/lib/node_tools.sh
. "$root/tools/lib/node_tools.sh"

against=$(git -C "$root" tag --list 'v*' --sort=-version:refname | head -n 1)
if [ "${1:-}" = "--against" ]; then
  against=${2:?--against needs a git ref}
fi

"$root/tools/check_proto.py"

ensure_node_tools "$root/tools"
buf=$root/tools/node_modules/.bin/buf
cd "$root/proto"
"$buf" lint
echo "buf lint: nothing to report"

if [ -z "$against" ]; then
  echo "buf breaking: no release yet, nothing to compare with"
else
  earlier=$(mktemp -d)
  trap 'rm -rf "$earlier"' EXIT
  git -C "$root" archive "$against" proto | tar -x -C "$earlier"
  "$buf" breaking --against "$earlier/proto"
  echo "buf breaking: nothing breaks clients of $against"
fi
