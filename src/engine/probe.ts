import type { AcceleratorAnswer } from '../facts/accelerators.ts';
import { factsScript, factsTimeoutSeconds } from '../facts/facts-script.ts';
import type { Facts } from '../facts/facts.ts';
import { nvidiaQueryScript, nvidiaTimeoutSeconds } from '../facts/nvidia-script.ts';
import { parseNvidia } from '../facts/nvidia.ts';
import { parseFacts } from '../facts/parse-facts.ts';
import type { RemoteCommand } from '../remote/command.ts';

export function askForFacts(setup: string, workdir: string, diskPaths: string[]): RemoteCommand<Facts> {
  const question = { setup, workdir, diskPaths };
  return {
    name: 'look at what the host has',
    body: factsScript(question),
    timeoutSeconds: factsTimeoutSeconds(question),
    mayHang: true,
    standsAlone: true,
    parse: ({ stdout }) => parseFacts(stdout.toString(), diskPaths),
  };
}

export function askForAccelerators(setup: string): RemoteCommand<AcceleratorAnswer> {
  return {
    name: 'look at the accelerators',
    body: nvidiaQueryScript(setup),
    timeoutSeconds: nvidiaTimeoutSeconds,
    mayHang: true,
    standsAlone: true,
    parse: ({ stdout }) => parseNvidia(stdout.toString()),
  };
}
