#!/bin/sh
# Makes the secrets that compose.yaml and the Kubernetes overlays expect, one file each. What exists
# stays as it is.
#
#   deploy/make_secrets.sh FOLDER [DATABASE HOST]
set -eu

folder=${1:?the folder for the secrets, for example deploy/secrets}
host=${2:-postgres}
umask 077
mkdir -p "$folder"

write() { # NAME CONTENT
  if [ ! -e "$folder/$1" ]; then
    printf '%s\n' "$2" > "$folder/$1"
    # libpq does not read a password that a group may read, so each file has one owner.
    chmod 0400 "$folder/$1"
  fi
}

random() { openssl rand -hex 32; }

write auth_key "$(random)"
write redis_password "$(random)"
write postgres_password "$(random)"
write grafana_password "$(random)"
for service in regulation slots booking; do
  write "${service}_pgpass" "$host:5432:sas:sas_$service:$(random)"
done
if [ "$(id -u)" -eq 0 ]; then
  chown 10001:10001 "$folder" "$folder"/*
else
  echo "the containers run as user 10001: sudo chown -R 10001:10001 $folder" >&2
fi
