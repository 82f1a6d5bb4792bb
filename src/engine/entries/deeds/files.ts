import { isWithin } from '../../../language/range.ts';
import { formatDuration, formatSize } from '../../../language/units.ts';
import type { Deed } from '../../../playbook/entries/entry.ts';
import { describeFiles, type DescribedFile } from '../../../remote/files.ts';
import type { Drive } from '../../drive.ts';
import type { Result } from './result.ts';

type Files = Extract<Deed, { kind: 'files' }>;

const shownFiles = 3;
/** What was written meanwhile may be a little younger than the look. */
const aheadSeconds = 60;

export async function checkFiles(drive: Drive, deed: Files, timeoutSeconds: number): Promise<Result> {
  const { count, size, age, sha256 } = deed;
  const found = await drive.session.call(
    describeFiles(drive.plan.playbook.workdir, deed.glob, { sum: sha256 !== null, timeoutSeconds }),
  );
  const expected = [
    count === null ? 'at least one file' : `${count.text} files`,
    ...(size === null ? [] : [`of ${size.text}`]),
    ...(age === null ? [] : [`written ${age.text} ago`]),
    ...(sha256 === null ? [] : [`with the SHA-256 ${sha256.slice(0, 12)}…`]),
  ].join(' ');
  const countHolds = count === null ? found.length > 0 : isWithin(count, found.length);
  const odd = found.flatMap((file) => findOddity(deed, file));
  const observed = [`${found.length} files`, ...odd.slice(0, shownFiles).map(({ text }) => text)].join(', ');
  const isUnknown = countHolds && odd.length > 0 && odd.every(({ unknown }) => unknown);
  const result = isUnknown ? 'error' : countHolds && odd.length === 0 ? 'pass' : 'fail';
  return { result, expected, observed, message: null };
}

/** What is wrong with one file, or what the host cannot tell of it. */
function findOddity({ size, age, sha256 }: Files, file: DescribedFile): { text: string; unknown: boolean }[] {
  const odd = (text: string, unknown = false) => [{ text: `${file.path} ${text}`, unknown }];
  return [
    ...(size === null || isWithin(size, file.size) ? [] : odd(`has ${formatSize(file.size)}`)),
    ...(age === null
      ? []
      : file.ageSeconds === null
        ? odd('has an age that the host cannot tell', true)
        : isWithin(age, file.ageSeconds) && file.ageSeconds > -aheadSeconds
          ? []
          : odd(
              file.ageSeconds > -aheadSeconds ? `was written ${formatDuration(file.ageSeconds)} ago` : 'is dated in the future',
            )),
    ...(sha256 === null || file.sha256 === sha256
      ? []
      : file.sha256 === null
        ? odd('has no checksum: the host has no sha256sum', true)
        : odd(`has the SHA-256 ${file.sha256.slice(0, 12)}…`)),
  ];
}
