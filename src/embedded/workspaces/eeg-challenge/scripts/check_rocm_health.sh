#!/bin/sh
# Looks at ROCm. Ends with 1 when something failed; warnings are none.
set -eu
cd "$(dirname "$0")/.."
failed=0

pass() { echo "PASS: $*"; }
warn() { echo "WARN: $*"; }
fail() {
  echo "FAIL: $*"
  failed=1
}

if timeout 15 rocm-smi --showproductname 2>/dev/null | grep -q 'Card Series'; then pass "rocm-smi sees a card"; else fail "rocm-smi sees no card"; fi

agents=$(timeout 15 rocminfo 2>&1) || agents=''
case $agents in
  *'Device Type:             GPU'*) pass "rocminfo sees a GPU agent" ;;
  *) fail "rocminfo sees no GPU agent" ;;
esac
case $agents in
  *gfx1010*) warn "gfx1010 is not supported by ROCm: the first batch may fault" ;;
  *gfx1030*) warn "HSA_OVERRIDE_GFX_VERSION is active: the first batch may fault" ;;
esac

if available=$(timeout 30 python3 -c 'import torch; print(torch.__version__, torch.cuda.is_available())' 2>/dev/null); then
  case $available in
    *True) pass "PyTorch ${available% *} sees a GPU" ;;
    *) warn "PyTorch ${available% *} sees no GPU" ;;
  esac
else
  fail "PyTorch cannot be imported"
fi

for name in PYTORCH_ROCM_ARCH HSA_OVERRIDE_GFX_VERSION HIP_VISIBLE_DEVICES HIPBLAS_WORKSPACE_CONFIG HSAKMT_DEBUG_LEVEL PYTORCH_NO_HIP_MEMORY_CACHING; do
  if printenv "$name" >/dev/null; then pass "$name is set"; else warn "$name is not set"; fi
done

for file in data/hdf5_cache/*.h5; do
  if [ -f "$file" ]; then pass "$file is there"; else fail "data/hdf5_cache holds no .h5 file"; fi
done
exit "$failed"
