#!/usr/bin/env bash
# Publishes the executable to artifacts/synod, unless what is there was made from these very sources.
# Prints the path of the executable as its last line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/sdk.sh
need_sdk

target=artifacts/synod
mkdir -p artifacts

# One at a time: two scripts may want the executable at once.
exec 9>artifacts/.publish.lock
flock 9

sources=$(find src Directory.Build.props Directory.Packages.props global.json -type f \
  -not -path '*/bin/*' -not -path '*/obj/*' -not -name packages.lock.json -printf '%p %s %T@\n' \
  | LC_ALL=C sort | sha256sum | cut -d' ' -f1)

if [ ! -x "$target/synod" ] || [ "$(cat "$target/.sources" 2>/dev/null)" != "$sources" ]; then
  echo "Building synod (Release); the first time takes a minute ..." >&2
  # (The build servers that stay behind must not inherit the lock.)
  # Into a new directory, renamed at the end: a running node keeps the files it was started from.
  rm -rf "$target.new" "$target.old"
  if ! dotnet publish src/Synod.Server -c Release -o "$target.new" -v q >artifacts/publish.log 2>&1 9>&-; then
    cat artifacts/publish.log >&2
    echo "The build failed." >&2
    exit 1
  fi
  echo "$sources" >"$target.new/.sources"
  [ ! -e "$target" ] || mv "$target" "$target.old"
  mv "$target.new" "$target"
  rm -rf "$target.old"
fi
echo "$PWD/$target/synod"
