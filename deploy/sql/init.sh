#!/bin/sh
# Run once by PostgreSQL's image on an empty data folder: the roles, each with the password that stands
# in its service's pgpass file.
set -eu

password() { cut -d : -f 5 "$PGPASS_FOLDER/$1_pgpass"; }
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v regulation_password="$(password regulation)" -v slots_password="$(password slots)" \
  -v booking_password="$(password booking)" -f "${ROLES_SQL:-/etc/sas/roles.sql}"
