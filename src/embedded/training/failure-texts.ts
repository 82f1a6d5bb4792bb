import type { Run } from './run.ts';

/** What PyTorch and its libraries print of a rank that fails. */
type Failing = Pick<Run, 'rank' | 'script' | 'card' | 'step'>;

export function describeOutOfMemory(run: Failing): string {
  const said =
    run.card === null
      ? "RuntimeError: [enforce fail at alloc_cpu.cpp:83] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 2147483648 bytes."
      : `torch.OutOfMemoryError: ${run.card.runtime} out of memory. Tried to allocate 2.00 GiB. GPU ${run.rank.localRank} has a total capacity of ${(run.card.totalBytes / 2 ** 30).toFixed(2)} GiB of which 1.12 GiB is free.`;
  return traceback(run, 'train_step', said);
}

export function describeCardError(run: Failing): string {
  return traceback(
    run,
    'train_step',
    'RuntimeError: CUDA error: uncorrectable ECC error encountered',
    'CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.',
  );
}

/** As the watchdog of NCCL, which then ends the process. */
export function describeCollectiveTimeout({ rank: { rank }, step }: Failing): string {
  const work = `WorkNCCL(SeqNum=${step}, OpType=ALLREDUCE, NumelIn=26214400, NumelOut=26214400, Timeout(ms)=600000)`;
  const caught = `[Rank ${rank}] Watchdog caught collective operation timeout: ${work} ran for 600029 milliseconds before timing out.`;
  const group = `[PG ID 0 PG GUID 0(default_pg) Rank ${rank}]`;
  const ended = `${group} Process group watchdog thread terminated with exception: ${caught}`;
  const say = (line: number, text: string) => `[rank${rank}]:[E ProcessGroupNCCL.cpp:${line}] ${text}`;
  return [
    say(632, caught),
    say(
      2271,
      `${group}  failure detected by watchdog at work sequence id: ${step} PG status: last enqueued work: ${step}, last completed work: ${step - 1}`,
    ),
    say(
      684,
      `[Rank ${rank}] Some NCCL operations have failed or timed out. Due to the asynchronous nature of CUDA kernels, subsequent GPU operations might run on corrupted/incomplete data.`,
    ),
    say(698, `[Rank ${rank}] To avoid data inconsistency, we are taking the entire process down.`),
    say(1899, ended),
    "terminate called after throwing an instance of 'c10::DistBackendError'",
    `  what():  ${ended}`,
  ].join('\n');
}

/** As the runtime of a TPU whose core stops. */
export function describeDeath(run: Failing): string {
  return traceback(
    run,
    'train_step',
    'RuntimeError: INTERNAL: Accelerator device halted prematurely, perhaps due to an on-device check-failure. Node 0 halted unexpectedly.',
  );
}

export function describeLostLoader(run: Failing): string {
  return traceback(run, 'train_step', `RuntimeError: DataLoader worker (pid(s) ${process.pid}) exited unexpectedly`);
}

/** As faulthandler. */
export function describeSegmentationFault({ script }: Failing): string {
  return [
    'Fatal Python error: Segmentation fault',
    '',
    'Current thread 0x00007f0000000000 (most recent call first):',
    `  File "${script}", line 412 in train_step`,
    `  File "${script}", line 598 in main`,
    `  File "${script}", line 640 in <module>`,
  ].join('\n');
}

/** Of a checkpoint that did not fit; `written`: its bytes so far. */
export function describeFullDisk(run: Failing, written: number): string {
  return [
    traceback(
      run,
      'save_checkpoint',
      'RuntimeError: [enforce fail at inline_container.cc:778] . PytorchStreamWriter failed writing file data/0: file write failed',
    ),
    '',
    `[rank${run.rank.rank}]: During handling of the above exception, another exception occurred:`,
    '',
    traceback(
      run,
      'save_checkpoint',
      `RuntimeError: [enforce fail at inline_container.cc:603] . unexpected pos ${written} vs ${written - 112}`,
    ),
    '',
    `[rank${run.rank.rank}]: During handling of the above exception, another exception occurred:`,
    '',
    traceback(run, 'log_metrics', 'OSError: [Errno 28] No space left on device'),
  ].join('\n');
}

function traceback({ rank: { rank }, script }: Failing, where: string, ...said: string[]): string {
  const lines = ['Traceback (most recent call last):', `  File "${script}", line 412, in ${where}`, ...said];
  return lines.map((line) => `[rank${rank}]: ${line}`).join('\n');
}
