import { join } from 'node:path';
import { listCardUses } from '../card-use.ts';
import { applyFaultsFile } from '../faults-file.ts';
import { findOwnMachine } from '../own-machine.ts';
import { drawTpuInfo } from '../tpu/tpu-info.ts';
import { PretendFailure } from '../training/failure.ts';
import { runPretend } from '../training/run-pretend.ts';

await runPretend(() => {
  const { machine, pretendDir } = findOwnMachine(join(import.meta.dirname, '..'));
  applyFaultsFile(pretendDir, process.env);
  if (machine.tpu === null) throw new PretendFailure('No TPU chips found.');
  const [use] = listCardUses(pretendDir);
  process.stdout.write(drawTpuInfo(machine.tpu, use ?? null));
});
