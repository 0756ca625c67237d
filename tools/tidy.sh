#!/usr/bin/env bash
# Runs clang-tidy on the .cpp files that differ from the main branch, or on all.
#
#   tools/tidy.sh [all | FILE...]     BUILD=build/dev by default; it must be configured and built,
#                                     because generated headers are read
set -eu

cd "$(dirname "$0")/.."
build=${BUILD:-build/dev}
if ! command -v clang-tidy >/dev/null 2>&1; then
  echo "clang-tidy is missing: apt-get install clang-tidy" >&2
  exit 2
fi
if [ ! -f "$build/compile_commands.json" ]; then
  echo "$build is not configured: cmake --preset dev && cmake --build --preset dev" >&2
  exit 2
fi

# What a review would show: commits since main, then what is not committed yet.
changed() {
  git diff --name-only --diff-filter=d "$(git merge-base HEAD origin/main 2>/dev/null || echo HEAD)"
  git ls-files --others --exclude-standard
}
if [ $# -eq 0 ]; then
  files=$(changed | sort -u)
elif [ "$1" = "all" ]; then
  files=$(git ls-files)
else
  files=$(printf '%s\n' "$@")
fi
files=$(grep -E '^(common|services|tools|tests)/.*\.cpp$' <<<"$files" || true)
if [ -z "$files" ]; then
  echo "tidy: no source differs"
  exit 0
fi
# gcc's own warning flags mean nothing to clang.
tr '\n' '\0' <<<"$files" |
  xargs -0 -r -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet \
    --extra-arg=-Wno-unknown-warning-option
echo "tidy: $(wc -l <<<"$files") sources, nothing to report"
