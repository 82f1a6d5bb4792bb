import { basename, join } from 'node:path';
import { applyFaultsFile } from '../faults-file.ts';
import { findOwnMachine } from '../own-machine.ts';
import { findInterpreter } from '../python/interpreter.ts';
import { requireModule, runOneLiner } from '../python/one-liners.ts';
import { runPip } from '../python/pip.ts';
import { describeTorch } from '../python/torch.ts';
import type { Torch } from '../python/torch.ts';
import { runVenv } from '../python/venv-command.ts';
import { PretendFailure } from '../training/failure.ts';
import { readLimits } from '../training/limits.ts';
import { isLoader, runLoader } from '../training/loaders.ts';
import { runPretend } from '../training/run-pretend.ts';
import { train } from '../training/trainer.ts';

const help = `python3 of an embedded host: it pretends. It knows

    python3 --version
    python3 -c 'import torch; print(torch.__version__)'   and a few more one-liners about torch
    python3 -m pip, -m venv
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

  switch (first) {
    case '--version':
    case '-V':
      process.stdout.write(`Python ${interpreter.version}\n`);
      return;
    case '--help':
    case '-h':
      process.stdout.write(help);
      return;
    case '-c': {
      if (isLoader(rest)) {
        await runLoader(readLimits(process.env));
        return;
      }
      const printed = runOneLiner(rest[0] ?? '', { interpreter, torch });
      if (printed === null) throw cannotRun(`-c ${rest[0] ?? ''}`);
      process.stdout.write(printed);
      return;
    }
    case '-m':
      runModule(rest);
      return;
    default:
      await runScript(first ?? '');
  }

  function runModule([name, ...moduleArgs]: string[]): void {
    if (name === 'pip') process.stdout.write(runPip(moduleArgs, interpreter));
    else if (name === 'venv') runVenv(moduleArgs, interpreter);
    else throw new PretendFailure(`${interpreter.executable}: No module named ${name}`);
  }

  async function runScript(path: string): Promise<void> {
    if (basename(path) !== 'train_showcase.py') throw cannotRun(args.join(' '));
    const { build: version, cudaVersion } = torch();
    const build = { python: interpreter.version, torch: version, cuda: cudaVersion };
    await train({ pretendDir: own.pretendDir, python: interpreter.executable, build }, readLimits(process.env));
  }
});

function cannotRun(what: string): PretendFailure {
  return new PretendFailure(
    `the pretend python3 of this embedded host cannot run: ${what === '' ? 'an interactive session' : what}`,
    2,
  );
}
