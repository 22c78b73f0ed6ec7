# Sourced by test.sh: the real clients and tools that the end-to-end tests use. Debian's etcd-server would start itself
# on a real machine where it is installed, so it is only unpacked, into artifacts/tools.
# shellcheck shell=bash

# package, and a command that succeeds where it is installed
test_tools=(
  'etcd-client|command -v etcdctl'
  'python3-etcd3|/usr/bin/python3 -c "import etcd3"'
  'python3-etcd3gw|/usr/bin/python3 -c "import etcd3gw"'
  'curl|command -v curl'
  'strace|command -v strace'
  'iproute2|command -v ip'
  'nodejs|command -v node'
  'npm|command -v npm'
)

# The npm client, exactly as its lock file says; nothing of it runs while it is installed.
npm_client=tests/clients/npm

missing_test_tools() {
  local entry
  for entry in "${test_tools[@]}"; do
    eval "${entry#*|}" >/dev/null 2>&1 || echo "${entry%%|*}"
  done
}

need_test_tools() {
  need_test_packages
  need_etcd
  need_npm_client
}

# The server that answers are compared with, where none is installed.
need_etcd() {
  local place=artifacts/tools
  if command -v etcd >/dev/null || [ -x "$place/usr/bin/etcd" ]; then
    return 0
  fi
  if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
    echo "Unpacking etcd-server ..."
    rm -rf "$place" && mkdir -p "$place"
    (cd "$place" && apt-get download -qq etcd-server >/dev/null 2>&1 && dpkg-deb -x etcd-server_*.deb .)
  fi
  if [ ! -x "$place/usr/bin/etcd" ]; then
    echo "Tests need etcd 3.4: put it on the PATH, or let apt-get download etcd-server; the comparing tests will fail without it."
  fi
}

need_npm_client() {
  if command -v npm >/dev/null && ! cmp -s "$npm_client/package-lock.json" "$npm_client/node_modules/.installed"; then
    echo "Installing the npm client ..."
    if npm ci --prefix "$npm_client" --ignore-scripts --no-audit --no-fund >/dev/null 2>&1; then
      cp "$npm_client/package-lock.json" "$npm_client/node_modules/.installed"
    else
      echo "npm ci --prefix $npm_client failed; the test of that client will fail without it."
    fi
  fi
}

need_test_packages() {
  local missing as_root=""
  missing=$(missing_test_tools | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then as_root="sudo"; else as_root="none"; fi
  fi
  if [ "$as_root" != none ] && command -v apt-get >/dev/null; then
    echo "Installing $missing..."
    # shellcheck disable=SC2086
    { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq $missing; } \
      >/dev/null 2>&1
  fi
  missing=$(missing_test_tools | tr '\n' ' ')
  if [ -n "$missing" ]; then
    echo "Tests need these packages: $missing"
    echo "  sudo apt-get update && sudo apt-get install -y $missing"
    echo "The tests that use them will fail without them."
  fi
}
