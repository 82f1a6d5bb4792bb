#!/bin/sh
# Starts the production run on two cards. What the caller has set is kept.
set -eu
cd "$(dirname "$0")/.."

export NSA_PREFILL_BATCHED="${NSA_PREFILL_BATCHED:-1}"
export NSA_SEL_RANGES_V2="${NSA_SEL_RANGES_V2:-1}"
export NSA_DDP_COMPRESS="${NSA_DDP_COMPRESS:-bf16}"
export NSA_DDP_BUCKET_MB="${NSA_DDP_BUCKET_MB:-25}"
export NSA_DDP_DISABLE_GC="${NSA_DDP_DISABLE_GC:-1}"
export NCCL_ALGO="${NCCL_ALGO:-Ring}"
export NCCL_PROTO="${NCCL_PROTO:-Simple}"
export NCCL_IB_DISABLE="${NCCL_IB_DISABLE:-1}"
export PYTORCH_CUDA_ALLOC_CONF="${PYTORCH_CUDA_ALLOC_CONF:-max_split_size_mb:256,expandable_segments:True}"
export PYTHONUNBUFFERED=1

# Where the trainer writes when no configuration says so.
export OUT_DIR="${OUT_DIR:-artifacts/m7c_125m_2xa100_prod}"

case ",${PRETEND_FAULT:-}," in
  *,wrong-config,*) unset CONFIG ;; # the fault on request: the configuration never reaches the trainer
  *) export CONFIG="${CONFIG:-configs/m7c_125m_2xa100_production.yaml}" ;;
esac

torchrun --standalone --nproc_per_node=2 scripts/train_showcase.py
