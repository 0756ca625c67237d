# shellcheck shell=bash
# Sourced by the checks that need a tool from npm: the exact versions of tools/package-lock.json.

NODE_MAJOR_MIN=18

# True when a node of NODE_MAJOR_MIN or newer and npm are in PATH, wherever they come from.
have_node() {
  command -v npm >/dev/null 2>&1 || return 1
  local version
  version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$NODE_MAJOR_MIN" ]
}

# Fills tools/node_modules unless it already holds what the lock file says. Nothing is run at
# installation: the packages carry their programs.
ensure_node_tools() {
  local tools=$1
  if ! have_node; then
    echo "node $NODE_MAJOR_MIN or newer and npm are needed: apt-get install nodejs npm" >&2
    return 2
  fi
  if ! cmp -s "$tools/package-lock.json" "$tools/node_modules/.installed-lock.json"; then
    (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return 1
    cp "$tools/package-lock.json" "$tools/node_modules/.installed-lock.json"
  fi
}
