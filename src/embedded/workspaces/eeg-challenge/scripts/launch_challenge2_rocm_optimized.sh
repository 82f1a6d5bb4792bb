#!/bin/sh
# Trains on the GPU, or on the CPU where the caller hides it. What the caller has set is kept.
set -eu
cd "$(dirname "$0")/.."

export HSA_OVERRIDE_GFX_VERSION="${HSA_OVERRIDE_GFX_VERSION-10.3.0}"
export PYTORCH_ROCM_ARCH="${PYTORCH_ROCM_ARCH-gfx1030}"
export HIPBLAS_WORKSPACE_CONFIG="${HIPBLAS_WORKSPACE_CONFIG-:4096:8}"
export HSAKMT_DEBUG_LEVEL="${HSAKMT_DEBUG_LEVEL-3}"
export PYTORCH_NO_HIP_MEMORY_CACHING="${PYTORCH_NO_HIP_MEMORY_CACHING-1}"
export HIP_VISIBLE_DEVICES="${HIP_VISIBLE_DEVICES-0}"

exec python3 -u scripts/train_challenge2_r1r2.py "$@"
