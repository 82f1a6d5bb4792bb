import { join } from 'node:path';
import { readRocmFault } from '../amd/faults.ts';
import { formatRocminfo } from '../amd/rocminfo.ts';
import { applyFaultsFile } from '../faults-file.ts';
import { findOwnMachine } from '../own-machine.ts';
import { hang } from '../training/hang.ts';
import { readLimits } from '../training/limits.ts';
import { runPretend } from '../training/run-pretend.ts';

const refused = [
  'ROCk module is loaded',
  'Unable to open /dev/kfd read-write: Permission denied',
  'pretend is not member of "render" group, the default DRM access group. Users must be a member of the "render" group or another DRM access group in order for ROCm applications to run successfully.',
].join('\n');

await runPretend(async () => {
  const { machine, pretendDir } = findOwnMachine(join(import.meta.dirname, '..'));
  applyFaultsFile(pretendDir, process.env);
  const fault = readRocmFault(process.env);
  if (fault === 'hang') await hang(readLimits(process.env));
  if (process.argv.includes('--help')) say('rocminfo of an embedded host: it pretends.', 0);
  else if (machine.amd === null || fault === 'no-module') say('ROCk module is NOT loaded, possibly no GPU devices', 1);
  else if (fault === 'permission') say(refused, 1);
  else say(formatRocminfo(machine.amd, process.env['HSA_OVERRIDE_GFX_VERSION'] ?? ''), 0);
});

function say(text: string, exitCode: number): void {
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
}
