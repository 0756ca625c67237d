#!/bin/bash
# Healthy when the metrics page answers and the ledger is up. Redis and peers do not count: a restart
# of this container would not bring them back. Needs nothing but bash; Kubernetes asks gRPC itself.
set -eu

exec 3<>"/dev/tcp/127.0.0.1/${METRICS_PORT:-9464}"
printf 'GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
# Read to the end: a page cut short would break the service's pipe.
page=$(cat <&3)
grep -q "^sas_${SERVICE:?}_up{part=\"ledger\"} 1" <<<"$page"
