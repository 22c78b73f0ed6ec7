#!/usr/bin/env bash
# Builds Synod and starts a cluster on this machine: see ./run.sh --help. Or, ./run.sh learn: see ./run.sh learn --help.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/eng/sdk.sh"
need_sdk
synod="$("$here/eng/publish.sh" | tail -n 1)"
# The apphost looks for the runtime where the SDK is.
export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
cd "$here"
# For who has just cloned and wants to look before anything is started.
if [ "${1:-}" = learn ]; then
  exec "$synod" "$@"
fi
exec "$synod" dev "$@"
