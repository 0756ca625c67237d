#!/usr/bin/env bash
# Formats the C++ sources in place; with --check only says which are not formatted.
#
#   tools/format.sh [--check]
set -eu

cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null 2>&1; then
  echo "clang-format is missing: apt-get install clang-format" >&2
  exit 2
fi

sources() {
  git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cpp' |
    while IFS= read -r -d '' file; do
      if [ -f "$file" ]; then printf '%s\0' "$file"; fi
    done
}
if [ "${1:-}" != "--check" ]; then
  sources | xargs -0 -r -n 50 -P "$(nproc)" clang-format -i
  exit 0
fi
# Names are enough: tools/format.sh shows the difference by making it.
wrong=$(sources | { xargs -0 -r -n 50 -P "$(nproc)" clang-format --dry-run -Werror 2>&1 || true; } |
  sed -n 's/^\([^:]*\):.*\[-Wclang-format-violations\]$/\1: not formatted/p' | sort -u)
if [ -n "$wrong" ]; then
  printf '%s\n' "$wrong"
  echo "run tools/format.sh" >&2
  exit 1
fi
echo "format: $(sources | tr -cd '\0' | wc -c) sources, nothing to report"
