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

mode=-i
if [ "${1:-}" = "--check" ]; then
  mode="--dry-run -Werror"
fi
sources() {
  git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cpp' |
    while IFS= read -r -d '' file; do
      if [ -f "$file" ]; then printf '%s\0' "$file"; fi
    done
}
# shellcheck disable=SC2086  # Two words on purpose.
sources | xargs -0 -r -n 50 -P "$(nproc)" clang-format $mode
echo "format: $(sources | tr -cd '\0' | wc -c) sources"
