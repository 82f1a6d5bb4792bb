/** Exit statuses of pytest; 5 is not a pass, though nothing failed. */
const meanings: Readonly<Record<number, string>> = {
  1: 'tests failed',
  2: 'the tests were interrupted',
  3: 'an internal error of pytest',
  4: 'pytest was called wrongly',
  5: 'pytest collected no tests',
};

/** What an exit status means when the output is pytest's. */
export function readPytest(
  lines: readonly string[],
  exitCode: number | null,
): { class: 'test-failure'; text: string; rank: null }[] {
  const meaning = meanings[exitCode ?? 0];
  if (meaning === undefined) return [];
  const isPytest = lines.some((line) =>
    /^=+ test session starts =+|^=+ .*\bin [\d.]+s\b.*=+$|^no tests ran in |^ERROR: usage: \S*pytest\b/.test(line),
  );
  if (!isPytest) return [];
  const summary = lines.findLast((line) => /\bin [\d.]+s\b/.test(line));
  return [
    {
      class: 'test-failure',
      text: summary === undefined ? meaning : `${meaning}: ${summary.replaceAll('=', '').trim()}`,
      rank: null,
    },
  ];
}
