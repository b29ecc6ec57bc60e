#!/bin/bash
# imports.sh PROGRAM: what the program imports of libxenstore. It must not be able to change a store
# through it, so each name is one of those that only look.
set -euo pipefail
may='xs_(open|close|directory|read|get_permissions|is_domain_introduced|watch|unwatch|check_watch|transaction_(start|end)|daemon_socket)'
imports=$(nm -D --undefined-only "$1" | awk '{ print $2 }' | sed 's/@.*//' | grep '^xs_')
if grep -vxE "$may" <<<"$imports"; then
  echo "can change a store" >&2
  exit 1
fi
grep -qx xs_read <<<"$imports"  # or this looked at nothing
