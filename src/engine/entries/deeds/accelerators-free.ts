import { acceleratorsFree } from '../../../facts/accelerators-free.ts';
import type { Drive } from '../../drive.ts';
import { askForAccelerators } from '../../probe.ts';
import type { Result } from './result.ts';
import { setupOf } from './run-command.ts';

export async function checkAcceleratorsFree(drive: Drive): Promise<Result> {
  const accelerators = await drive.session.call(askForAccelerators(setupOf(drive)));
  const freedom = acceleratorsFree({ accelerators });
  const expected = 'no process and no memory in use';
  switch (freedom.kind) {
    case 'free':
      return { result: 'pass', expected, observed: 'free', message: null };
    case 'held':
      return { result: 'fail', expected, observed: freedom.message, message: null };
    case 'unknown':
      return { result: 'error', expected, observed: freedom.message, message: null };
  }
}
