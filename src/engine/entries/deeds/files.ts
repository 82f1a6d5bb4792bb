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
  const odd = found.flatMap((file) => findOddities(deed, file));
  const observed = [`${found.length} files`, ...odd.slice(0, shownFiles).map(({ text }) => text)].join(', ');
  const isUnknown = countHolds && odd.length > 0 && odd.every(({ unknown }) => unknown);
  const result = isUnknown ? 'error' : countHolds && odd.length === 0 ? 'pass' : 'fail';
  return { result, expected, observed, message: null };
}

/** What is wrong with one file, or, `unknown`, what the host cannot tell of it. */
interface Oddity {
  text: string;
  unknown: boolean;
}

function findOddities({ size, age, sha256 }: Files, file: DescribedFile): Oddity[] {
  return [findOddSize(size, file), findOddAge(age, file), findOddSum(sha256, file)]
    .filter((odd) => odd !== null)
    .map(({ text, unknown }) => ({ text: `${file.path} ${text}`, unknown }));
}

function findOddSize(expected: Files['size'], { size }: DescribedFile): Oddity | null {
  return expected === null || isWithin(expected, size) ? null : { text: `has ${formatSize(size)}`, unknown: false };
}

function findOddAge(expected: Files['age'], { ageSeconds }: DescribedFile): Oddity | null {
  if (expected === null) return null;
  if (ageSeconds === null) return { text: 'has an age that the host cannot tell', unknown: true };
  if (ageSeconds <= -aheadSeconds) return { text: 'is dated in the future', unknown: false };
  return isWithin(expected, ageSeconds) ? null : { text: `was written ${formatDuration(ageSeconds)} ago`, unknown: false };
}

function findOddSum(expected: Files['sha256'], { sha256 }: DescribedFile): Oddity | null {
  if (expected === null || sha256 === expected) return null;
  if (sha256 === null) return { text: 'has no checksum: the host has no sha256sum', unknown: true };
  return { text: `has the SHA-256 ${sha256.slice(0, 12)}…`, unknown: false };
}
