import { join } from 'node:path';
import { applyFaultsFile } from '../faults-file.ts';
import { readKernelLog } from '../kernel-log.ts';
import { findOwnMachine } from '../own-machine.ts';
import { PretendFailure } from '../training/failure.ts';
import { runPretend } from '../training/run-pretend.ts';

await runPretend(() => {
  const { pretendDir } = findOwnMachine(join(import.meta.dirname, '..'));
  applyFaultsFile(pretendDir, process.env);
  const [option] = process.argv.slice(2);
  if (option === '--help' || option === '-h') {
    process.stdout.write(
      'dmesg of an embedded host: it pretends. It takes no options, and shows what pretend programs have done.\n',
    );
  } else if (option !== undefined) throw new PretendFailure(`dmesg: unrecognized option '${option}'`);
  else if (isForbidden(process.env['PRETEND_DMESG'] ?? '')) {
    throw new PretendFailure('dmesg: read kernel buffer failed: Operation not permitted');
  } else process.stdout.write(readKernelLog(pretendDir));
});

function isForbidden(wish: string): boolean {
  if (wish === '' || wish === 'forbidden') return wish !== '';
  throw new PretendFailure(`PRETEND_DMESG: expected forbidden, got "${wish}"`, 2);
}
