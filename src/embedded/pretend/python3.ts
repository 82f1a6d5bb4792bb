import { join } from 'node:path';
import { applyFaultsFile } from '../faults-file.ts';
import { findOwnMachine } from '../own-machine.ts';
import { runPytest } from '../pytest/run.ts';
import { fetchText, isFetch } from '../python/fetch.ts';
import { findInterpreter } from '../python/interpreter.ts';
import { requireModule, runOneLiner } from '../python/one-liners.ts';
import type { CodeContext } from '../python/one-liners.ts';
import { runPip } from '../python/pip.ts';
import { runScript } from '../python/scripts.ts';
import { describeTorch } from '../python/torch.ts';
import { runVenv } from '../python/venv-command.ts';
import { PretendFailure } from '../training/failure.ts';
import { readLimits } from '../training/limits.ts';
import { isLoader, runLoader } from '../training/loaders.ts';
import { runPretend } from '../training/run-pretend.ts';

const help = `python3 of an embedded host: it pretends. It knows

    python3 --version
    python3 -c 'import torch; print(torch.__version__)'   and a few more one-liners about torch
    python3 -m pip, -m venv, -m pytest
    python3 scripts/train_showcase.py                     and the other scripts of the workspaces
`;

await runPretend(async () => {
  const own = findOwnMachine(join(import.meta.dirname, '..'));
  applyFaultsFile(own.pretendDir, process.env);
  const interpreter = findInterpreter(own, process.argv[1] ?? '');
  const context: CodeContext = {
    interpreter,
    torch: () => {
      requireModule('torch', interpreter);
      return describeTorch(own.machine, interpreter.packages.get('torch') ?? '', process.env);
    },
  };
  // Single letters such as -u, that take no value and change nothing here.
  const args = process.argv.slice(2);
  const [first = '', ...rest] = args.slice(args.findIndex((arg) => !/^-[uBbEIOqsSvx]+$/.test(arg)));
  if (first === '--version' || first === '-V') process.stdout.write(`Python ${interpreter.version}\n`);
  else if (first === '--help' || first === '-h') process.stdout.write(help);
  else if (first === '-c' && isLoader(rest)) await runLoader(readLimits(process.env));
  else if (first === '-c' && isFetch(rest)) process.stdout.write(`${await fetchText(rest[1] ?? '')}\n`);
  else if (first === '-c') runCode(rest, context);
  else if (first === '-m') runModule(rest, context);
  else if (!(await runScript(first, rest, context, own))) throw cannotRun(args.join(' '));
});

function runCode([code = '', ...args]: string[], context: CodeContext): void {
  const printed = runOneLiner(code, args, context);
  if (printed === null) throw cannotRun(`-c ${code}`);
  process.stdout.write(printed);
}

function runModule([name, ...args]: string[], { interpreter, torch }: CodeContext): void {
  if (name === 'pip') process.stdout.write(runPip(args, interpreter));
  else if (name === 'venv') runVenv(args, interpreter);
  else if (name === 'pytest' && interpreter.packages.has('pytest')) {
    const hasGpu = interpreter.packages.has('torch') && torch().devices.length > 0;
    const answer = runPytest(args, interpreter, hasGpu, process.env['PRETEND_PYTEST'] ?? '');
    process.stdout.write(answer.text);
    process.exitCode = answer.exitCode;
  } else throw new PretendFailure(`${interpreter.executable}: No module named ${name}`);
}

function cannotRun(what: string): PretendFailure {
  return new PretendFailure(
    `the pretend python3 of this embedded host cannot run: ${what === '' ? 'an interactive session' : what}`,
    2,
  );
}
