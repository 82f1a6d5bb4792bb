#!/bin/sh
# Shows the newest log and the card, once. It changes nothing.
set -eu
cd "$(dirname "$0")/../.."

newest=''
for log in logs/training_rocm_optimized_*.log; do
  [ -f "$log" ] && newest=$log # their names hold the time, so the last one is the newest
done
if [ -n "$newest" ]; then
  echo "== $newest"
  tail -n 10 "$newest"
else
  echo "no log yet"
fi
timeout 15 rocm-smi --showuse 2>/dev/null | grep 'GPU use' || echo "rocm-smi does not answer"
