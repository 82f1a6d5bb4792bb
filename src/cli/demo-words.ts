import { wrap } from './render/printable.ts';
import type { Screen } from './screen.ts';

/** What somebody reads who runs this for the first time. */
export function introduceDemo(screen: Screen): string[] {
  const sentences = [
    'This launches the playbook prod-50k, a training of 50,000 steps, on a pretend machine with two A100.',
    'The machine is made up and lives on this computer: SSH, files and processes are real, GPUs and training are not.',
    'First the machine is looked at, for GO or NO-GO; then the job is started, watched, and what it leaves is verified.',
    'It takes about half a minute. Ctrl-C leaves at any time.',
    '',
  ];
  return sentences.flatMap((sentence) => wrap(sentence, screen.width));
}

/** `program` is how fleet was started, so that the lines can be typed as they stand. */
export function suggestNext(program: string, run: string): string[] {
  const commands: [command: string, meaning: string][] = [
    ['status', 'every run'],
    [`status ${run}`, 'all that is known of this one'],
    [`metrics ${run}`, 'what was read of its metric files, as CSV'],
    [`report ${run}`, 'expected beside observed, as Markdown'],
    ['demo --fault slow', 'the same, with a training that is too slow'],
  ];
  const width = Math.max(...commands.map(([command]) => command.length));
  return ['', 'To try next:', ...commands.map(([command, meaning]) => `  ${program} ${command.padEnd(width)}  ${meaning}`)];
}
