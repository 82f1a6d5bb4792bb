// Prints how many tests passed, failed and were skipped, from vitest's JSON report. Fails when a test failed, when none ran, and when one
// was skipped without a reason that is written down here.
import { readFileSync } from 'node:fs';

const mayBeSkipped = [
  { test: /a file that may not be read is refused$/, reason: 'root may read every file' },
  {
    test: /because it is mounted read-only|because it lies on a network file system|on a full disk \(needs root\)/,
    reason: 'this machine lets nobody mount',
  },
  { test: /a disk that is full /, reason: 'this machine lets nobody mount' },
  { test: /^hosts in namespaces: /, reason: 'this machine lets nobody make namespaces and networks' },
];

/** Without a report the tests did not get to their end: one file that is broken. */
function readReport(file) {
  const text = readFileSync(file, 'utf8');
  return text === ''
    ? { testResults: [{ name: 'the tests were cut off', status: 'failed', assertionResults: [] }] }
    : JSON.parse(text);
}

function explainSkip(name) {
  return mayBeSkipped.find(({ test }) => test.test(name))?.reason ?? null;
}

const files = readReport(process.argv[2]).testResults;
const tests = files.flatMap((file) => file.assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
const failed = tests.filter(({ status }) => status === 'failed').length;
/** Files that could not be read, or whose hooks failed. */
const broken = files.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
);
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
const unexplained = skipped.filter(({ fullName }) => explainSkip(fullName) === null);

for (const { name } of broken) console.log(`FAILED: ${name}`);
for (const { fullName } of skipped)
  console.log(`skipped: ${fullName}: ${explainSkip(fullName) ?? 'FAILED: for no reason that is known'}`);
console.log(`${passed} passed, ${failed + broken.length} failed, ${skipped.length} skipped`);
process.exitCode = passed > 0 && failed + broken.length + unexplained.length === 0 ? 0 : 1;
