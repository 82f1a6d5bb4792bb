import { join } from 'node:path';
import { applyFaultsFile } from '../faults-file.ts';
import { answerNvidiaSmi } from '../nvidia/answer.ts';
import { readDriverState } from '../nvidia/driver-state.ts';
import { explainFailure } from '../nvidia/failures.ts';
import { readDriverWishes } from '../nvidia/faults.ts';
import { findOwnMachine } from '../own-machine.ts';
import { PretendFailure } from '../training/failure.ts';
import { hang } from '../training/hang.ts';
import { readLimits } from '../training/limits.ts';
import { runPretend } from '../training/run-pretend.ts';

await runPretend(async () => {
  const own = findOwnMachine(join(import.meta.dirname, '..'));
  applyFaultsFile(own.pretendDir, process.env);
  const { nvidia } = own.machine;
  if (nvidia === null) throw new PretendFailure('nvidia-smi: this machine has no NVIDIA driver', 127);
  const wishes = readDriverWishes(process.env);
  if (wishes.fault?.name === 'hang') await hang(readLimits(process.env));
  const state = readDriverState(nvidia, own, wishes, Date.now());
  const answer = explainFailure(wishes.fault?.name, state.driver) ?? answerNvidiaSmi(process.argv.slice(2), state);
  process.stdout.write(answer.text);
  process.exitCode = answer.exitCode;
});
