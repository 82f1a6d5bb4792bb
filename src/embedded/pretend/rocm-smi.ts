import { join } from 'node:path';
import { readRocmFault } from '../amd/faults.ts';
import { readAmdCards } from '../amd/readings.ts';
import { answerRocmSmi } from '../amd/rocm-smi.ts';
import { applyFaultsFile } from '../faults-file.ts';
import { findOwnMachine } from '../own-machine.ts';
import { PretendFailure } from '../training/failure.ts';
import { hang } from '../training/hang.ts';
import { readLimits } from '../training/limits.ts';
import { runPretend } from '../training/run-pretend.ts';

await runPretend(async () => {
  const { machine, pretendDir } = findOwnMachine(join(import.meta.dirname, '..'));
  applyFaultsFile(pretendDir, process.env);
  const fault = readRocmFault(process.env);
  if (fault === 'hang') await hang(readLimits(process.env));
  if (machine.amd === null || fault === 'no-module') {
    // The tool itself ends with 0 here.
    throw new PretendFailure('ERROR:root:Driver not initialized (amdgpu not found in modules)', 0);
  }
  const answer = answerRocmSmi(process.argv.slice(2), machine.amd.driver, readAmdCards(machine.amd, pretendDir));
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  process.exitCode = answer.exitCode;
});
