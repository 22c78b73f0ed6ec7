#!/usr/bin/env bash
# Measures three etcd nodes and three Synod nodes on this machine, turn by turn, with the same load. See bench/README.md.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(dirname "$here")

rounds=5
seconds=5
warmup=200000
keys=100000
only=""
shapes=""
synod=""
data=""
port_base=24700
results="$here/results"
minutes_max=45
nodes=3
healthy_seconds=60

declare -A shape_arguments=(
  [put-64]="put --clients 64"
  [put-256]="put --clients 256"
  [get-64]="get --clients 64"
  [get-256]="get --clients 256"
  [serializable-64]="get --serializable --clients 64"
  [mixed-64]="mixed --clients 64"
  [put-1]="put --clients 1"
  [get-1]="get --clients 1"
  [put-64x1]="put --clients 64 --connections 64"
  [get-64x1]="get --clients 64 --connections 64"
  [put-leader]="put --clients 64 --leader"
  [get-leader]="get --clients 64 --leader"
)
shapes_default="put-64,put-256,get-64,get-256,serializable-64,mixed-64,put-1,get-1,put-64x1,put-leader"

usage() {
  cat <<TEXT
Usage: bench/compare.sh [options]
  --rounds N          measurements of each shape and system, alternating (default $rounds)
  --seconds N         length of each measurement (default $seconds)
  --warmup N          requests to each system before the first measurement (default $warmup)
  --keys N            different keys, all put before the first measurement (default $keys)
  --shapes A,B,...    of: $(printf '%s\n' "${!shape_arguments[@]}" | sort | tr '\n' ' ')
                      (default $shapes_default)
  --only etcd|synod   measure one of them alone
  --synod PATH        a published synod executable (default: publish this repository)
  --data DIR          where the nodes keep their data (default: a new temporary folder; it must be on a real disk)
  --port-base N       first of the ports used (default $port_base)
  --results DIR       where the tables go (default bench/results)
  --minutes-max N     give up after so long (default $minutes_max)
TEXT
}

fail() {
  echo "compare.sh: $*" >&2
  exit 1
}

number() {
  [[ $2 =~ ^[1-9][0-9]*$ ]] || { echo "compare.sh: $1 wants a number above 0, not '$2'" >&2; exit 2; }
}

while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --rounds | --seconds | --warmup | --keys | --only | --shapes | --synod | --data | --port-base | --results | --minutes-max)
      [[ $# -ge 2 ]] || { echo "compare.sh: $1 wants a value" >&2; exit 2; }
      case $1 in
        --rounds) number "$1" "$2"; rounds=$2 ;;
        --seconds) number "$1" "$2"; seconds=$2 ;;
        --warmup) number "$1" "$2"; warmup=$2 ;;
        --keys) number "$1" "$2"; keys=$2 ;;
        --only) only=$2 ;;
        --shapes) shapes=$2 ;;
        --synod) synod=$2 ;;
        --data) data=$2 ;;
        --port-base) number "$1" "$2"; port_base=$2 ;;
        --results) results=$2 ;;
        --minutes-max) number "$1" "$2"; minutes_max=$2 ;;
      esac
      shift 2 ;;
    *) echo "compare.sh: unknown option $1; see --help" >&2; exit 2 ;;
  esac
done
[[ $only == "" || $only == etcd || $only == synod ]] || { echo "compare.sh: --only wants etcd or synod" >&2; exit 2; }
IFS=, read -ra shape_list <<<"${shapes:-$shapes_default}"
for shape in "${shape_list[@]}"; do
  [[ -n ${shape_arguments[$shape]:-} ]] || { echo "compare.sh: no shape is called '$shape'; see --help" >&2; exit 2; }
done
systems=(etcd synod)
[[ -n $only ]] && systems=("$only")
for tool in python3 timeout; do
  command -v "$tool" >/dev/null || fail "$tool is missing"
done
if [[ " ${systems[*]} " == *" etcd "* ]]; then
  command -v etcd >/dev/null || fail "etcd is missing: apt-get install etcd-server"
fi

# ---- what this script starts, it ends: by process id, also on Ctrl-C

started=()
measuring=""
temporary=""

clean_up() {
  trap - EXIT INT TERM
  local process
  [[ -n $measuring ]] && started+=("$measuring")
  for process in "${started[@]}"; do
    kill -TERM "$process" 2>/dev/null || true
  done
  for process in "${started[@]}"; do
    for _ in $(seq 50); do
      kill -0 "$process" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  [[ -n $temporary ]] && rm -rf "$temporary"
  return 0
}
trap clean_up EXIT
trap 'echo "compare.sh: interrupted" >&2; exit 130' INT TERM

temporary=$(mktemp -d "${TMPDIR:-/tmp}/synod-bench.XXXXXX")
[[ -n $data ]] || data="$temporary/data"
for system in "${systems[@]}"; do
  [[ ! -e $data/$system ]] || fail "$data/$system exists already; the nodes want fresh folders"
done
mkdir -p "$data" "$results"
case $(stat -f -c %T "$data") in
  tmpfs | ramfs) fail "$data is in memory, where a sync costs nothing: give --data a folder on a disk" ;;
esac

if [[ -z $synod ]]; then
  echo "publishing synod ..." >&2
  dotnet publish "$repository/src/Synod.Server" -c Release -o "$temporary/publish" -v q -nodeReuse:false \
    >"$temporary/publish.log" 2>&1 ||
    { tail -20 "$temporary/publish.log" >&2; fail "synod does not build"; }
  synod="$temporary/publish/synod"
fi
[[ -x $synod ]] || fail "$synod is not an executable"

# ---- the nodes

client_port() { # system, node
  local offset=0
  [[ $1 == synod ]] && offset=40
  echo $((port_base + offset + $2))
}

endpoints() {
  local node list=""
  for ((node = 0; node < nodes; node++)); do
    list+=",127.0.0.1:$(client_port "$1" "$node")"
  done
  echo "${list:1}"
}

declare -A processes=()

start() { # system
  local system=$1 node cluster="" program=(etcd)
  [[ $system == synod ]] && program=("$synod" serve)
  for ((node = 0; node < nodes; node++)); do
    cluster+=",$system$node=http://127.0.0.1:$(($(client_port "$system" "$node") + 20))"
  done
  # etcd would stop writing at 2 GiB, which long runs reach.
  [[ $system == etcd ]] && program+=(--quota-backend-bytes 8589934592)
  for ((node = 0; node < nodes; node++)); do
    local client="http://127.0.0.1:$(client_port "$system" "$node")"
    local peer="http://127.0.0.1:$(($(client_port "$system" "$node") + 20))"
    mkdir -p "$data/$system"
    "${program[@]}" --name "$system$node" --data-dir "$data/$system/$node" \
      --listen-client-urls "$client" --advertise-client-urls "$client" \
      --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
      --initial-cluster "${cluster:1}" --initial-cluster-state new --initial-cluster-token "compare-$$" \
      >"$temporary/$system$node.log" 2>&1 &
    started+=($!)
    processes[$system]+=",$!"
  done
  processes[$system]=${processes[$system]:1}
}

check_alive() { # system
  local process node=0
  for process in ${processes[$1]//,/ }; do
    if ! kill -0 "$process" 2>/dev/null; then
      tail -20 "$temporary/$1$node.log" >&2
      fail "$1 node $node ended by itself; its last lines stand above"
    fi
    node=$((node + 1))
  done
}

wait_healthy() { # system
  local node deadline=$((SECONDS + healthy_seconds))
  for ((node = 0; node < nodes; node++)); do
    until "$synod" get health --timeout 2 --endpoints "127.0.0.1:$(client_port "$1" "$node")" >/dev/null 2>"$temporary/health"; do
      check_alive "$1"
      ((SECONDS < deadline)) || { cat "$temporary/health" >&2; fail "$1 is not healthy after $healthy_seconds s"; }
      sleep 0.2
    done
  done
}

# ---- the measurements

# In the background and waited for, so that a signal is answered at once. A generator that hangs would be a bug of ours; a
# bound all the same.
measure() { # system, arguments of synod bench; the result goes to $temporary/result
  local system=$1 status=0
  shift
  check_alive "$system"
  ((SECONDS < minutes_max * 60)) || fail "gave up after $minutes_max minutes (--minutes-max)"
  timeout $((seconds + 300)) "$synod" bench "$@" --keys "$keys" --json \
    --endpoints "$(endpoints "$system")" --server-pids "${processes[$system]}" >"$temporary/result" &
  measuring=$!
  wait "$measuring" || status=$?
  measuring=""
  return "$status"
}

for system in "${systems[@]}"; do
  start "$system"
done
for system in "${systems[@]}"; do
  wait_healthy "$system"
done
for system in "${systems[@]}"; do
  echo "warming up $system ..." >&2
  measure "$system" mixed --fill --clients 64 --requests "$warmup" || fail "the warm-up of $system failed"
done

stamp=$(date -u +%Y%m%d-%H%M%S)
raw="$results/$stamp.jsonl"
: >"$raw"
load_before=$(cut -d ' ' -f 1 /proc/loadavg)
for shape in "${shape_list[@]}"; do
  read -ra arguments <<<"${shape_arguments[$shape]}"
  for ((round = 1; round <= rounds; round++)); do
    order=("${systems[@]}")
    # Who goes first changes from round to round.
    ((${#systems[@]} == 1 || round % 2)) || order=("${systems[1]}" "${systems[0]}")
    for system in "${order[@]}"; do
      echo "$shape, round $round of $rounds: $system" >&2
      # A short run-in fills connections and caches again after the other system's turn.
      measure "$system" "${arguments[@]}" --seconds "$seconds" --warmup 2000 --seed "$round" ||
        echo "compare.sh: $system had failures in $shape" >&2
      result=$(<"$temporary/result")
      [[ -n $result ]] || fail "no result of $shape for $system"
      printf '{"system":"%s","shape":"%s","round":%d,"result":%s}\n' "$system" "$shape" "$round" "$result" >>"$raw"
    done
  done
done

{
  echo "# Measured $(date -u +'%Y-%m-%d %H:%M') UTC"
  echo
  echo "$(nproc) processors ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), Linux $(uname -r), load before: $load_before;" \
    "$rounds rounds of $seconds s, medians; $keys keys of 16 bytes, values of 256 bytes; three nodes each on loopback."
  for system in "${systems[@]}"; do
    case $system in
      etcd) echo "etcd $(etcd --version | sed -n 's/^etcd Version: //p')." ;;
      synod) echo "Synod $("$synod" --version)." ;;
    esac
  done
  echo
  python3 "$here/summarize.py" "$raw"
} | tee "$results/$stamp.md"
echo "written: $results/$stamp.md and $raw" >&2
