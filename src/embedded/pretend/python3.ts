import { basename, join } from 'node:path';
import { pythonVersion, torchVersion } from '../training/env-file.ts';
import { PretendFailure } from '../training/failure.ts';
import { readLimits } from '../training/limits.ts';
import { isLoader, runLoader } from '../training/loaders.ts';
import { runPretend } from '../training/run-pretend.ts';
import { train } from '../training/trainer.ts';

const help = `python3 of an embedded host: it pretends. It knows

    python3 --version
    python3 -c 'import torch; print(torch.__version__)'   and a few more one-liners about torch
    python3 scripts/train_showcase.py                     the pretend trainer
`;

const oneLiners = new Map(
  Object.entries({
    'import torch; print(torch.__version__)': torchVersion,
    'import torch; print(torch.version.cuda)': '12.1',
    'import torch; print(torch.cuda.is_available())': 'True',
    'import torch; print(torch.cuda.device_count())': '2',
    'import torch; print(torch.cuda.get_device_name(0))': 'NVIDIA A100 80GB PCIe',
    'import platform; print(platform.python_version())': pythonVersion,
  }),
);

const pretendDir = join(import.meta.dirname, '..');

await runPretend(async () => {
  // Single letters such as -u, that take no value and change nothing here.
  const args = process.argv.slice(2);
  const [first, ...rest] = args.slice(args.findIndex((arg) => !/^-[uBbEIOqsSvx]+$/.test(arg)));
  if (first === '--version' || first === '-V') process.stdout.write(`Python ${pythonVersion}\n`);
  else if (first === '--help' || first === '-h') process.stdout.write(help);
  else if (first === '-c' && isLoader(rest)) await runLoader(readLimits(process.env));
  else if (first === '-c') answerOneLiner(rest[0] ?? '');
  else if (first !== undefined && basename(first) === 'train_showcase.py') {
    await train({ pretendDir, python: join(pretendDir, '..', 'bin', 'python3') }, readLimits(process.env));
  } else throw cannotRun(args.join(' '));
});

function answerOneLiner(code: string): void {
  const answer = oneLiners.get(code.trim().replace(/\s*[;\n]\s*/g, '; '));
  if (answer === undefined) throw cannotRun(`-c ${code}`);
  process.stdout.write(`${answer}\n`);
}

function cannotRun(what: string): PretendFailure {
  return new PretendFailure(
    `the pretend python3 of this embedded host cannot run: ${what === '' ? 'an interactive session' : what}`,
    2,
  );
}
