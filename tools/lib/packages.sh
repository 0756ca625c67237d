# shellcheck shell=bash
# Sourced by tools/run, tools/test and tools/bench:
#
#   ensure_packages [--no-install] LIST...     LIST: a file of tools/packages without .txt
#
# Installs what is missing and nothing else. Without the right to install it prints the command that
# does, and returns 2. With --no-install it looks at nothing: whoever says so answers for the machine.

packages_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools/lib/node_tools.sh
. "$packages_root/tools/lib/node_tools.sh"

# The packages of the lists that this machine lacks, one a line.
missing_packages() {
  local LC_ALL=C  # One order for sort and comm.
  local list lines="" wanted
  for list in "$@"; do
    if [ ! -f "$packages_root/tools/packages/$list.txt" ]; then
      echo "no such list: tools/packages/$list.txt" >&2
      return 1
    fi
    lines+=$(grep -v '^#' "$packages_root/tools/packages/$list.txt")$'\n'
  done
  wanted=$(sort -u <<<"$lines" | grep .)
  if have_node; then
    wanted=$(grep -vx -e nodejs -e npm <<<"$wanted" || true)
  fi
  comm -23 <(printf '%s\n' "$wanted") \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null |
      sed -n 's/^installed //p' | sort -u)
}

ensure_packages() {
  if [ "${1:-}" = "--no-install" ]; then
    return 0
  fi
  local missing
  missing=$(missing_packages "$@") || return 2
  if [ -z "$missing" ]; then
    return 0
  fi
  missing=$(tr '\n' ' ' <<<"$missing")
  missing=${missing% }
  local install="apt-get install -y --no-install-recommends $missing"
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "these Debian 12 packages are needed: $missing" >&2
    return 2
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "some packages are missing; install them with" >&2
    echo "  sudo sh -c 'apt-get update && $install'" >&2
    echo "or say --no-install if they come from elsewhere" >&2
    return 2
  fi
  echo "installing: $missing"
  local log=$packages_root/build/logs/packages.log
  mkdir -p "${log%/*}"
  # Another apt may be at work on a fresh machine: wait for its lock.
  # shellcheck disable=SC2086  # One word per package.
  if ! { apt-get -o DPkg::Lock::Timeout=120 update &&
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y \
      --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "could not install them; the whole log is in $log" >&2
    return 2
  fi
}
