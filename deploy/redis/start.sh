#!/bin/sh
# Starts a disposable Redis: no persistence, bounded memory, users from users.acl with the password of
# REDIS_PASSWORD_FILE. Arguments go on to redis-server.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
run=${REDIS_RUN:-/run/redis}
hash=$(tr -d '\r\n' < "${REDIS_PASSWORD_FILE:?}" | sha256sum | cut -d ' ' -f 1)
umask 077
sed -e '/^#/d' -e "s/@PASSWORD_SHA256@/$hash/" "$here/users.acl" > "$run/users.acl"
# noeviction: losing a seat silently would be worse than refusing a hold.
exec redis-server --save '' --appendonly no --dir "$run" --aclfile "$run/users.acl" \
  --maxmemory "${REDIS_MEMORY:-192mb}" --maxmemory-policy noeviction --protected-mode no \
  --tcp-keepalive 60 --timeout 0 "$@"
