#!/bin/sh
# Prints the Debian packages that hold the shared libraries of a program, one a line: an image gets
# exactly these, and a new library can never be forgotten in a list.
#
#   library_packages.sh PROGRAM
set -eu

libraries=$(ldd "$1")
case $libraries in
  *'not found'*)
    echo "$1 has a library that this system lacks:" >&2
    echo "$libraries" | grep 'not found' >&2
    exit 1
    ;;
esac
packages=$(echo "$libraries" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | while read -r library; do
  real=$(realpath "$library")
  # /lib is a link to /usr/lib, and dpkg knows a file by the name that its package used.
  owner=
  for name in "$real" "${real#/usr}" "$library"; do
    owner=$(dpkg -S "$name" 2>/dev/null) && break
  done
  if [ -z "$owner" ]; then
    echo "no package holds $library" >&2
    exit 1
  fi
  echo "${owner%%:*}"
done)
echo "$packages" | sort -u
