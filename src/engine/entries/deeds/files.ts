import { formatSize } from '../../../language/units.ts';
import type { Deed } from '../../../playbook/playbook.ts';
import { listFiles } from '../../../remote/files.ts';
import type { Drive } from '../../drive.ts';
import { isWithin } from '../../../language/range.ts';
import type { Result } from './result.ts';

export async function checkFiles(drive: Drive, deed: Extract<Deed, { kind: 'files' }>): Promise<Result> {
  const found = await drive.session.call(listFiles(drive.plan.playbook.workdir, [deed.glob]));
  const { count, size } = deed;
  const odd = size === null ? [] : found.filter((file) => !isWithin(size, file.size));
  const countHolds = count === null ? found.length > 0 : isWithin(count, found.length);
  const expected = [
    count === null ? 'at least one file' : `${count.text} files`,
    ...(size === null ? [] : [`of ${size.text}`]),
  ].join(' ');
  const observed = [`${found.length} files`, ...odd.slice(0, 3).map((file) => `${file.path} has ${formatSize(file.size)}`)].join(
    ', ',
  );
  return { result: countHolds && odd.length === 0 ? 'pass' : 'fail', expected, observed, message: null };
}
