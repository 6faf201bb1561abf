#!/usr/bin/env bash
# Measures the gateway against Debian's squid-openssl (ssl-bump) and mitmproxy, and against no proxy at all, in one run on one machine.
# Prints JSON. Needs: dotnet, clang, wrk, curl, jq; squid-openssl and mitmproxy where they are to be compared.
#   bench/gateway.sh [seconds per load, default 8]
# BENCH_REALTIME=1 (root) runs what is measured ahead of everything else on the machine, for figures where others work, too; all of them alike.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-8}
warm=10
work=$(mktemp -d /tmp/caisson-bench.XXXXXX)
chmod 755 "$work"
started=()
ahead() { if [ -n "${BENCH_REALTIME:-}" ]; then chrt -r 1 "$@"; else "$@"; fi; }
finish() { [ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

dotnet build bench/Caisson.Bench.Gateway -c Release -v q -nologo >&2
bench=artifacts/build/bin/Caisson.Bench.Gateway/release/Caisson.Bench.Gateway
clang -O2 -shared -fPIC -o "$work/preload.so" bench/Caisson.Bench.Gateway/exit_preload.c -ldl
"$bench" authority "$work"
upstream=18443 squid_port=18446 mitm_port=18447
"$bench" upstream "$work" $upstream >"$work/upstream.log" 2>&1 & started+=($!)
wait_for() { for _ in $(seq 100); do if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi; read -rt 0.1 <> <(:) || true; done; echo "nothing listens on $1" >&2; exit 1; }
cpu() { awk -v hz="$(getconf CLK_TCK)" '{print ($14 + $15) / hz}' "/proc/$1/stat"; }
rss() { awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$1/status"; }
wait_for $upstream

# load NAME URL: requests a second, latencies and errors of 16 kept-alive connections
load() {
  cat >"$work/report.lua" <<'LUA'
done = function(s, l, r)
  local bad = s.errors.connect + s.errors.read + s.errors.write + s.errors.status + s.errors.timeout
  io.write(string.format('{"requests_per_second":%.0f,"requests":%d,"median_ms":%.3f,"p99_ms":%.3f,"errors":%d}', s.requests / (s.duration / 1e6), s.requests, l:percentile(50) / 1000, l:percentile(99) / 1000, bad))
end
LUA
  ahead wrk -t2 -c16 -d"${seconds}s" -s "$work/report.lua" "$1" | grep requests_per_second
}
# download URL [curl options]: MB/s of 256 MiB, the best of three
download() {
  local best=0
  for _ in 1 2 3; do
    local now; now=$(ahead curl -sf --http1.1 -o /dev/null -w '%{speed_download}' "$@")
    if awk "BEGIN {exit !($now > $best)}"; then best=$now; fi
  done
  awk "BEGIN {printf \"%.0f\", $best / 1e6}"
}
measure() { # NAME PID HOST PORT CA
  local name=$1 pid=$2 url=https://$3:$4 idle small large
  idle=$(rss "$pid")
  LD_PRELOAD=$work/preload.so VIA_HOST=$3 wrk -t2 -c16 -d${warm}s "$url/small" >/dev/null # compilers that work while programs run need their time, and all get the same
  if [ -n "${BENCH_REALTIME:-}" ]; then for p in "$pid" "${started[0]}"; do chrt -a -r -p 1 "$p"; done; fi
  local before; before=$(cpu "$pid")
  small=$(LD_PRELOAD=$work/preload.so VIA_HOST=$3 load "$url/small")
  small=$(jq -c --argjson used "$(awk "BEGIN {print $(cpu "$pid") - $before}")" '. + {cpu_us_per_request: ($used * 1e6 / .requests | round)}' <<<"$small")
  large=$(LD_PRELOAD=$work/preload.so VIA_HOST=$3 download --cacert "$5" "$url/large")
  jq -nc --arg name "$name" --argjson small "$small" --argjson large "$large" --argjson idle "$idle" --argjson loaded "$(rss "$pid")" \
    '{name: $name, small: $small, download_mb_per_second: $large, memory_mb: {idle: $idle, after_load: $loaded}}' >>"$work/results"
  tail -1 "$work/results" >&2
}

measure direct "${started[0]}" localhost $upstream "$work/ca.pem"

"$bench" gateway "$work" $upstream >"$work/gateway.log" 2>&1 & gateway=$!; started+=($gateway)
for _ in $(seq 100); do [ -S "$work/exit.sock" ] && break; read -rt 0.1 <> <(:) || true; done
VIA_EXIT=$work/exit.sock measure caisson $gateway bench.example 443 "$work/sandbox-ca.pem"
kill $gateway

if command -v squid >/dev/null; then
  cat "$work/ca.pem" "$work/ca.key" >"$work/squid-ca.pem"
  mkdir "$work/squid"; chown proxy "$work/squid" "$work/squid-ca.pem"
  /usr/lib/squid/security_file_certgen -c -s "$work/squid/db" -M 4MB >/dev/null; chown -R proxy "$work/squid"
  cat >"$work/squid.conf" <<CONF
http_port 127.0.0.1:$squid_port ssl-bump cert=$work/squid-ca.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program /usr/lib/squid/security_file_certgen -s $work/squid/db -M 4MB
acl first at_step SslBump1
ssl_bump peek first
ssl_bump bump all
tls_outgoing_options cafile=$work/ca.pem
http_access allow all
cache deny all
access_log stdio:$work/squid/access.log
cache_log $work/squid/cache.log
pid_filename $work/squid/pid
coredump_dir $work/squid
visible_hostname bench
CONF
  squid -N -f "$work/squid.conf" >"$work/squid.log" 2>&1 & squid=$!; started+=($squid)
  wait_for $squid_port
  VIA_PROXY=$squid_port measure squid $squid localhost $upstream "$work/ca.pem"
  kill $squid
fi
if command -v mitmdump >/dev/null; then
  mkdir "$work/mitm"; cat "$work/ca.key" "$work/ca.pem" >"$work/mitm/mitmproxy-ca.pem"
  mitmdump -q --listen-host 127.0.0.1 -p $mitm_port --set confdir="$work/mitm" --set ssl_verify_upstream_trusted_ca="$work/ca.pem" --set stream_large_bodies=1m >"$work/mitm.log" 2>&1 & mitm=$!; started+=($mitm)
  wait_for $mitm_port
  VIA_PROXY=$mitm_port measure mitmproxy $mitm localhost $upstream "$work/ca.pem"
fi
jq -s '{benchmark: "gateway", results: ., ratio: ((map({(.name): .}) | add) as $r | {
  requests_to_squid: (if $r.squid then ($r.caisson.small.requests_per_second / $r.squid.small.requests_per_second) else null end),
  requests_to_mitmproxy: (if $r.mitmproxy then ($r.caisson.small.requests_per_second / $r.mitmproxy.small.requests_per_second) else null end),
  download_to_squid: (if $r.squid then ($r.caisson.download_mb_per_second / $r.squid.download_mb_per_second) else null end),
  download_to_direct: ($r.caisson.download_mb_per_second / $r.direct.download_mb_per_second)})}' "$work/results"
