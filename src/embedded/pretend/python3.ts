import { basename, join } from 'node:path';
import { applyFaultsFile } from '../faults-file.ts';
import { findOwnMachine } from '../own-machine.ts';
import { findInterpreter } from '../python/interpreter.ts';
import { requireModule, runOneLiner } from '../python/one-liners.ts';
import { describeTorch } from '../python/torch.ts';
import type { Torch } from '../python/torch.ts';
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

await runPretend(async () => {
  const own = findOwnMachine(join(import.meta.dirname, '..'));
  applyFaultsFile(own.pretendDir, process.env);
  const interpreter = findInterpreter(own, process.argv[1] ?? '');
  // Single letters such as -u, that take no value and change nothing here.
  const args = process.argv.slice(2);
  const [first, ...rest] = args.slice(args.findIndex((arg) => !/^-[uBbEIOqsSvx]+$/.test(arg)));

  const torch = (): Torch => {
    requireModule('torch', interpreter);
    return describeTorch(own.machine, interpreter.packages.get('torch') ?? '', process.env);
  };
  if (first === '--version' || first === '-V') process.stdout.write(`Python ${interpreter.version}\n`);
  else if (first === '--help' || first === '-h') process.stdout.write(help);
  else if (first === '-c' && isLoader(rest)) await runLoader(readLimits(process.env));
  else if (first === '-c') {
    const printed = runOneLiner(rest[0] ?? '', { interpreter, torch });
    if (printed === null) throw cannotRun(`-c ${rest[0] ?? ''}`);
    process.stdout.write(printed);
  } else if (first !== undefined && basename(first) === 'train_showcase.py') {
    const { build: version, cudaVersion } = torch();
    const build = { python: interpreter.version, torch: version, cuda: cudaVersion };
    await train({ pretendDir: own.pretendDir, python: interpreter.executable, build }, readLimits(process.env));
  } else throw cannotRun(args.join(' '));
});

function cannotRun(what: string): PretendFailure {
  return new PretendFailure(
    `the pretend python3 of this embedded host cannot run: ${what === '' ? 'an interactive session' : what}`,
    2,
  );
}
