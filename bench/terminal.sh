#!/usr/bin/env bash
# Measures (1) the screen model against xterm.js without a browser, on the same streams, and (2) whole terminals against terminado (Jupyter's), and prints JSON.
# Needs: dotnet, node, npm, jq, python3-terminado, and the built product.
#   bench/terminal.sh [megabytes per stream, default 64]
#   bench/terminal.sh flow [echo] [floods] [throughput] [reattach] [frozen] [viewers]    only (2), or parts of it
#   bench/terminal.sh agree [random streams, default 500] [recorded output…]    compares the two cell by cell instead
#   bench/terminal.sh conformance FOLDER                                        runs a folder of .in and .text files
# BENCH_REALTIME=1 (root) runs both ahead of everything else on the machine, for figures where others work, too.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v npm >/dev/null || { echo 'npm is missing: the peer comes from npm' >&2; exit 1; }
peer=$PWD/artifacts/bench/xterm
if [ ! -d "$peer/node_modules/@xterm/headless" ]; then
  npm install --prefix "$peer" --no-audit --no-fund --silent @xterm/headless@6.0.0 @xterm/addon-unicode11@0.9.0 >&2
fi
export NODE_PATH=$peer/node_modules
dotnet build bench/Caisson.Bench.Terminal -c Release -v quiet -nologo >&2
bench=artifacts/build/bin/Caisson.Bench.Terminal/release/Caisson.Bench.Terminal
case ${1:-} in
  agree)
    node bench/Caisson.Bench.Terminal/agreement.cjs "$bench" random "${2:-500}"
    [ $# -lt 3 ] || node bench/Caisson.Bench.Terminal/agreement.cjs "$bench" "${@:3}"
    ;;
  conformance) "$bench" conformance "$2" ;;
  flow) "$bench" flow "$PWD/artifacts/bin/caisson" "${@:2}" ;;
  *)
    megabytes=${1:-64}
    work=$(mktemp -d /tmp/caisson-bench.XXXXXX)
    trap 'rm -rf "$work"' EXIT
    ahead() { if [ -n "${BENCH_REALTIME:-}" ]; then chrt -r 1 "$@"; else "$@"; fi; }
    ahead "$bench" parse "$megabytes" "$work" >"$work/results"
    ahead node bench/Caisson.Bench.Terminal/parse.cjs "$megabytes" "$work"/*.bin >>"$work/results"
    # Not ahead: what a terminal's kernel workers do must not wait for those that they work for.
    "$bench" flow "$PWD/artifacts/bin/caisson" >>"$work/results"
    jq -s '{benchmark: "terminal", results: ., times_the_peer: (map(select(.stream)) | group_by(.stream) | map({key: .[0].stream, value: ((map(select(.name == "caisson"))[0].mb_per_second / map(select(.name != "caisson"))[0].mb_per_second * 10 | round) / 10)}) | from_entries)}' "$work/results"
    ;;
esac
