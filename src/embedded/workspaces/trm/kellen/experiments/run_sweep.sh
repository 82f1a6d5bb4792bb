#!/bin/sh
# run_sweep.sh SWEEP: trains the experiments of a sweep one after the other, as CONFIG=RUN_NAME. Started on every worker of the slice.
set -eu
cd "$(dirname "$0")/../.."

case ${1-} in
tn_sweep) experiments='e2_2_t2_n2=tn_t2_n2 e2_2_t2_n6=tn_t2_n6 e2_2_t3_n4=tn_t3_n4 e2_2_t3_n6=tn_t3_n6 e2_2_t4_n6=tn_t4_n6' ;;
batch_sweep) experiments='e1_1_baseline=batch_256 e1_3_batch_512=batch_512 e1_3_batch_1024=batch_1024' ;;
all_ablations) experiments='e1_1_baseline=baseline e2_1_ema_off=ema_off e2_2_t3_n6=tn_baseline e2_3_attention=attention e2_4_nsup_8=nsup_8' ;;
*)
  echo 'usage: run_sweep.sh tn_sweep|batch_sweep|all_ablations' >&2
  exit 2
  ;;
esac

mkdir -p logs
for experiment in $experiments; do
  kellen/experiments/run_experiment.sh "${experiment%%=*}" "${experiment#*=}" >"logs/${experiment#*=}.log" 2>&1
done
