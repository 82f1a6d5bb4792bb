#!/bin/sh
# run_experiment.sh CONFIG RUN_NAME [--max_steps N]: trains one experiment. Started on every worker of the slice; whoever starts it keeps the log.
set -eu
cd "$(dirname "$0")/../.."

config=${1:?usage: run_experiment.sh CONFIG RUN_NAME [--max_steps N]}
run=${2:?usage: run_experiment.sh CONFIG RUN_NAME [--max_steps N]}
shift 2
if [ ! -f "kellen/configs/experiments/$config.yaml" ]; then
  echo "run_experiment.sh: there is no kellen/configs/experiments/$config.yaml" >&2
  exit 2
fi

export PJRT_DEVICE="${PJRT_DEVICE-TPU}"
export XLA_USE_BF16="${XLA_USE_BF16-1}"
export XLA_TENSOR_ALLOCATOR_MAXSIZE="${XLA_TENSOR_ALLOCATOR_MAXSIZE-100000000}"

exec python3 -u kellen/experiments/train_tpu.py --config "$config" --run_name "$run" "$@"
