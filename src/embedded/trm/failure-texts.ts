import type { PretendFailure } from '../training/failure.ts';
import { pythonError } from '../training/failure.ts';

/** Larger than that, and a batch does not fit into the memory of the chips. */
export const mostExamples = 3072;

/** As libtpu, where another process has the chips, or was ended and left its lock behind. */
export function chipsInUse(pid: number): PretendFailure {
  return pythonError(
    [
      `RuntimeError: Bad StatusOr access: ABORTED: The TPU is already in use by process with pid ${pid}. Not attempting to load libtpu.so in this process.`,
      `Run "$ sudo lsof -w /dev/accel0" to figure out which process is using the TPU. If you still get this message, run "$ sudo rm /tmp/libtpu_lockfile".`,
    ].join('\n'),
  );
}

export function outOfChipMemory(): PretendFailure {
  return pythonError(
    [
      'RuntimeError: Bad StatusOr access: RESOURCE_EXHAUSTED: XLA:TPU compile permanent error. Ran out of memory in memory space hbm. Used 33.41G of 30.75G hbm. Exceeded hbm capacity by 2.66G.',
      '',
      'Total hbm usage >= 33.66G:',
      '    reserved        258.00M',
      '    program          33.41G',
    ].join('\n'),
  );
}

/** As an operation of all ranks, when the connection to one of them ends. */
export function rankLost(step: number): PretendFailure {
  return pythonError(`RuntimeError: Failed to meet rendezvous 'step_${step}': Socket closed (14)`);
}

export function addressInUse(port: number): PretendFailure {
  return pythonError(
    `RuntimeError: The server socket has failed to listen on any local network address. port: ${port}, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use`,
  );
}

export function unknownAddress(host: string, port: number): PretendFailure {
  return pythonError(
    `RuntimeError: The IPv4 network addresses of (${host}, ${port}) cannot be retrieved (gai error: -2 - Name or service not known)`,
  );
}

export function portMissing(): PretendFailure {
  return pythonError(
    'ValueError: Error initializing torch.distributed using env:// rendezvous: environment variable MASTER_PORT expected, but not set',
  );
}
