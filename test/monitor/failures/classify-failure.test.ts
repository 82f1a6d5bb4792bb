import { expect, test } from 'vitest';
import { classifyFailure, type FailureEvidence } from '../../../src/monitor/failures/classify-failure.ts';
import type { Failure } from '../../../src/monitor/failures/failure.ts';

function classify(evidence: Partial<FailureEvidence>): Failure {
  return classifyFailure({ exitCode: 1, logTail: '', kernelLog: null, pids: [], ...evidence });
}

const childFailed = (rank: number, exitCode: number, traceback: string) => `Traceback (most recent call last):
  File "/opt/venv/bin/torchrun", line 8, in <module>
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
train.py FAILED
------------------------------------------------------------
Failures:
[1]:
  time      : 2025-03-04_11:22:35
  host      : node1
  rank      : 3 (local_rank: 3)
  exitcode  : -15 (pid: 4245)
  error_file: <N/A>
  traceback : Signal 15 (SIGTERM) received by PID 4245
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2025-03-04_11:22:33
  host      : node1
  rank      : ${rank} (local_rank: ${rank})
  exitcode  : ${exitCode} (pid: 4243)
  error_file: <N/A>
  traceback : ${traceback}
============================================================
`;
const seeTraceback = 'To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html';
const watchdog = (rank: number) =>
  `[rank${rank}]:[E304 11:22:33.123 ProcessGroupNCCL.cpp:616] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1412, OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 600029 milliseconds before timing out.`;
const outOfMemory =
  'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 1 has a total capacity of 79.15 GiB of which 1.19 GiB is free.';
const hsa =
  ':0:rocdevice.cpp            :2660: 5316917325 us: 4242 : [tid:0x7f1c2affd700] Device::callbackQueue aborting with error : HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION: The agent attempted to access memory beyond the largest legal address. code: 0x29';

test.each<[string, number | null, string, string]>([
  [outOfMemory, 1, 'gpu-memory', 'no'],
  [
    'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 15.90 GiB total)',
    1,
    'gpu-memory',
    'no',
  ],
  ['RuntimeError: HIP out of memory. Tried to allocate 512.00 MiB (GPU 0; 5.98 GiB total capacity)', 1, 'gpu-memory', 'no'],
  [
    'jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: XLA:TPU compile permanent error. Ran out of memory in memory space hbm. Used 20.48G of 15.48G hbm. Exceeded hbm capacity by 5.00G.',
    1,
    'tpu-memory',
    'no',
  ],
  [
    'RuntimeError: Bad StatusOr access: ABORTED: The TPU is already in use by process with pid 14449. Not attempting to load libtpu.so in this process.',
    1,
    'tpu-busy',
    'no',
  ],
  [watchdog(0), -6, 'nccl-timeout', 'once'],
  [
    'torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1333, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.18.6',
    1,
    'nccl',
    'once',
  ],
  ['ncclSystemError: System call (e.g. socket, malloc) or external library call failed or device error.', 1, 'nccl', 'once'],
  ['ncclInternalError: Internal check failed.', 1, 'nccl', 'once'],
  ['ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.', 1, 'nccl', 'once'],
  [
    'RuntimeError: Expected to mark a variable ready only once. This error is caused by one of the following reasons: 1) Use of a module parameter outside the `forward` function.',
    1,
    'ddp-settings',
    'no',
  ],
  ['RuntimeError: CUDA error: an illegal memory access was encountered', 1, 'cuda', 'no'],
  ['RuntimeError: CUDA error: unspecified launch failure', 1, 'cuda', 'no'],
  ['RuntimeError: CUDA error: device-side assert triggered', 1, 'cuda', 'no'],
  ['RuntimeError: CUDA error: no kernel image is available for execution on the device', 1, 'wrong-build', 'no'],
  ['RuntimeError: CUDA error: uncorrectable ECC error encountered', 1, 'cuda-hardware', 'other-host'],
  [
    'RuntimeError: The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver',
    1,
    'driver-too-old',
    'no',
  ],
  [hsa, 134, 'rocm-fault', 'cpu-fallback'],
  [
    'Memory access fault by GPU node-1 (Agent handle: 0x55d6b3a0) on address 0x7f2a00000000. Reason: Page not present or supervisor privilege.',
    134,
    'rocm-fault',
    'cpu-fallback',
  ],
  ['"hipErrorNoBinaryForGpu: Unable to find code object for all current devices!"', 134, 'wrong-build', 'no'],
  ['RuntimeError: No CUDA GPUs are available', 1, 'no-gpu', 'no'],
  ['AssertionError: CUDA not available', 1, 'no-gpu', 'no'],
  ['', 137, 'killed', 'no'],
  ['', -9, 'killed', 'no'],
  ['traceback : Signal 9 (SIGKILL) received by PID 4242', 1, 'killed', 'no'],
  ['', 134, 'aborted', 'by-cause'],
  ['', -6, 'aborted', 'by-cause'],
  ['', 139, 'segfault', 'by-cause'],
  ['', -11, 'segfault', 'by-cause'],
  ['', 143, 'terminated', 'by-cause'],
  ['', -15, 'terminated', 'by-cause'],
  ['OSError: [Errno 28] No space left on device', 1, 'disk-full', 'after-space'],
  [
    'RuntimeError: [enforce fail at inline_container.cc:595] . PytorchStreamWriter failed writing file data/17: file write failed',
    1,
    'disk-full',
    'after-space',
  ],
  ['FloatingPointError: non-finite loss at step 312', 1, 'diverged', 'no'],
  ['step 0312 | loss nan | lr 1.20e-05 | toks/s 47', 1, 'diverged', 'no'],
  ["{'loss': inf, 'grad_norm': 3.1, 'learning_rate': 1.9e-05, 'epoch': 0.08}", 1, 'diverged', 'no'],
  ["{'loss': 0.0, 'grad_norm': nan, 'learning_rate': 1.9e-05, 'epoch': 0.08}", 1, 'diverged', 'no'],
  ["ModuleNotFoundError: No module named 'flash_attn'", 1, 'import-error', 'no'],
  ["ImportError: cannot import name 'MoE' from 'model'", 1, 'import-error', 'no'],
  ['Failed to import transformers.models.llama because of the following error', 1, 'import-error', 'no'],
  ['usage: train.py [-h] [--config CONFIG]\ntrain.py: error: unrecognized arguments: --lernrate 1e-4', 2, 'usage', 'no'],
  ['usage: train.py [-h] --config CONFIG\ntrain.py: error: the following arguments are required: --config', 2, 'usage', 'no'],
  ['omegaconf.errors.ConfigAttributeError: Missing key moe_top_k', 1, 'config', 'no'],
  ['==== test session starts ====\n==== 1 failed, 11 passed in 3.21s ====', 1, 'test-failure', 'no'],
  ['==== test session starts ====\n!!!! KeyboardInterrupt !!!!\n==== 3 passed in 1.02s ====', 2, 'test-failure', 'no'],
  ['ERROR: usage: pytest [options] [file_or_dir]\npytest: error', 4, 'test-failure', 'no'],
  ['==== test session starts ====\ncollected 0 items\n==== no tests ran in 0.01s ====', 5, 'test-failure', 'no'],
  ['all was well', 1, 'unknown', 'by-cause'],
])('%s with exit status %s is %s, and may be tried again: %s', (logTail, exitCode, failure, retry) => {
  expect(classify({ logTail, exitCode })).toMatchObject({ class: failure, retry });
});

test.each([
  ['NVRM: Xid (PCI:0000:3b:00): 31, pid=4242, name=python, Ch 00000008, intr 10000000. MMU Fault', 'xid-application', 'no'],
  ['NVRM: Xid (PCI:0000:3b:00): 13, Graphics SM Warp Exception on (GPC 0, TPC 0): Out Of Range Address', 'xid-application', 'no'],
  ["NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.", 'xid-hardware', 'other-host'],
  ['NVRM: Xid (PCI:0000:3b:00): 48, pid=4242, DBE (double bit error) ECC error', 'xid-hardware', 'other-host'],
  [
    'NVRM: Xid (PCI:0000:3b:00): 119, pid=4242, name=python, Timeout after 6s of waiting for RPC response',
    'xid-hardware',
    'other-host',
  ],
])('%s in the kernel log is %s', (line, failure, retry) => {
  expect(classify({ kernelLog: `[ 1234.5] ${line}\n`, pids: [4242] })).toMatchObject({ class: failure, retry });
});

test('a fault that the kernel log lays on another process is not of this job', () => {
  const kernelLog = '[1.0] NVRM: Xid (PCI:0000:3b:00): 31, pid=999, name=python\n';
  expect(classify({ kernelLog, pids: [4242] }).class).toBe('unknown');
});

test('a fault of the GPU is the cause of what CUDA then reports', () => {
  const failure = classify({
    logTail: 'RuntimeError: CUDA error: unspecified launch failure\n',
    kernelLog: "[1.0] NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n",
  });
  expect(failure).toMatchObject({ class: 'xid-hardware', text: expect.stringContaining('fallen off the bus') as string });
});

test('signal 9 is a lack of memory of the host only when the kernel log says so of the same process', () => {
  const kernelLog = (pid: number) =>
    `[88.1] Out of memory: Killed process ${pid} (python) total-vm:130GB, anon-rss:120GB, file-rss:0kB, shmem-rss:0kB\n`;
  expect(classify({ exitCode: 137, kernelLog: kernelLog(4242), pids: [4242] })).toMatchObject({
    class: 'host-memory',
    signal: 'SIGKILL',
  });
  expect(classify({ exitCode: 137, kernelLog: kernelLog(999), pids: [4242] }).class).toBe('killed');
  const cgroup = 'Memory cgroup out of memory: Killed process 4242 (python) total-vm:130GB';
  expect(classify({ exitCode: 137, kernelLog: cgroup, pids: [4242] }).class).toBe('host-memory');
});

test('a rank that the kernel killed is known by the pid that torchrun names', () => {
  const logTail = `${watchdog(0)}\n${childFailed(1, -9, 'Signal 9 (SIGKILL) received by PID 4243')}`;
  const killed = { rank: 1, exitCode: -9, signal: 'SIGKILL' };
  expect(classify({ logTail })).toMatchObject({ class: 'killed', ...killed });
  const kernelLog = 'Out of memory: Killed process 4243 (python) total-vm:130GB\n';
  expect(classify({ logTail, kernelLog, pids: [4240] })).toMatchObject({ class: 'host-memory', ...killed });
});

test('of one rank out of memory and the timeouts of the others, the memory is the cause', () => {
  const logTail = `[rank1]: ${outOfMemory}\n${watchdog(0)}\n${watchdog(2)}\n${childFailed(1, 1, seeTraceback)}`;
  expect(classify({ logTail })).toMatchObject({ class: 'gpu-memory', rank: 1, exitCode: 1, signal: null });
});

test('of several ranks with one and the same error, the one that torchrun names counts', () => {
  const logTail = `${watchdog(0)}\n${watchdog(1)}\n${childFailed(1, -6, 'Signal 6 (SIGABRT) received by PID 4243')}`;
  expect(classify({ logTail })).toMatchObject({ class: 'nccl-timeout', rank: 1, signal: 'SIGABRT' });
});

test("without a known text, the exception of the rank that failed first is told, and not torchrun's own", () => {
  const logTail = `[rank0]: RuntimeError: Connection closed by peer
[rank1]: Traceback (most recent call last):
[rank1]: ValueError: num_samples should be a positive integer value
${childFailed(1, 1, seeTraceback)}`;
  expect(classify({ logTail })).toMatchObject({
    class: 'unknown',
    rank: 1,
    text: '[rank1]: ValueError: num_samples should be a positive integer value',
  });
});

test('colours, carriage returns and a text wrapped at a column hide nothing', () => {
  expect(classify({ logTail: '\x1b[31mRuntimeError: CUDA error: unspecified\x1b[0m launch failure\r\n' }).class).toBe('cuda');
  expect(classify({ logTail: '  0%|    | 0/10\rRuntimeError: No CUDA GPUs are available\r' }).class).toBe('no-gpu');
  const wrapped =
    '           ERROR    torch.distributed: CUDA error: an illegal memory      \n                    access was encountered';
  expect(classify({ logTail: wrapped }).class).toBe('cuda');
});

test('the exception of a traceback that a log frames and wraps is found', () => {
  const logTail = `[01/16/26 20:33:14] ERROR    Traceback (most recent call last):                     train.py:544
                               File "/opt/venv/lib/python3.12/site-packages/torc
                             h/utils/data/dataset.py", line 324, in __init__
                                 assert len(self.datasets) > 0, "datasets should not be an empty
                             iterable"  # type: ignore
                             AssertionError: datasets should not be an empty iterable
                    ERROR    ================================================ train.py:545`;
  expect(classify({ logTail })).toMatchObject({
    class: 'unknown',
    text: 'AssertionError: datasets should not be an empty iterable',
  });
});

test('a GPU fault that the trainer handled is not what ended it later', () => {
  const logTail = `ROCm GPU error detected: ${hsa}\nCPU fallback ready\nOSError: [Errno 28] No space left on device\n`;
  expect(classify({ logTail }).class).toBe('disk-full');
  expect(classify({ logTail: `ROCm GPU error detected: ${hsa}\nCPU fallback ready\n` }).class).toBe('unknown');
});

test('what NCCL tells of itself is no failure', () => {
  const logTail = `node1:4242:4300 [0] NCCL INFO NET/Plugin: No plugin found (libnccl-net.so)
node1:4242:4300 [0] NCCL WARN NET/IB : No device found, ncclSystemError is not fatal`;
  expect(classify({ logTail }).class).toBe('unknown');
});

test.each([
  '[INFO] loss information is written to out/loss.csv',
  'iteration 7/ 500 | lm loss: 1.3E+01 | number of skipped iterations: 0 | number of nan iterations: 0 |',
  'checked 50000 values: 0 nan, 0 inf',
  'tests/test_train.py::test_loss_nan_raises_error[loss nan] PASSED',
  'tests/test_memory.py::test_cuda_out_of_memory PASSED',
  'best_loss: inf',
  'val_loss improved from inf to 0.693',
  'early stopping starts with best loss = inf',
  '0 non-finite loss values',
  'skip_on: non-finite loss = false',
  'error rate 0.03, error bars in out/error.png',
  'memory: 20.00GiB(50.0%), out of memory retries: 0',
])('"%s" is no failure', (line) => {
  expect(classify({ logTail: line, exitCode: 7 })).toMatchObject({ class: 'unknown' });
});
