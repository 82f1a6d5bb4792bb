import { join } from 'node:path';
import { PretendFailure } from '../training/failure.ts';
import { launchRanks } from '../training/launcher.ts';
import { runPretend } from '../training/run-pretend.ts';

const help = `torchrun of an embedded host: it pretends, and starts the pretend trainer.

    torchrun [--standalone] [--nnodes=1] [--nproc_per_node=N] [--master_port=N] scripts/train_showcase.py [ARGS]
`;

const maxRanks = 8;
const python = join(import.meta.dirname, '..', '..', 'bin', 'python3');

await runPretend(async () => {
  const args = process.argv.slice(2);
  if (args[0] === '--help' || args[0] === '-h') {
    process.stdout.write(help);
    return;
  }
  const { ranks, script } = parseArguments(args);
  await launchRanks({ python, ranks, script });
});

function parseArguments(args: string[]): { ranks: number; script: string[] } {
  const options = new Map<string, string>();
  let at = 0;
  for (; at < args.length && (args[at] ?? '').startsWith('--'); at += 1) {
    const [name = '', value] = (args[at] ?? '').slice(2).replaceAll('-', '_').split('=');
    if (name === 'standalone') continue;
    if (
      !['nnodes', 'nproc_per_node', 'master_port', 'master_addr', 'rdzv_backend', 'rdzv_endpoint', 'max_restarts'].includes(name)
    ) {
      throw usage(`unrecognized arguments: ${args[at]}`);
    }
    options.set(name, value ?? args[(at += 1)] ?? '');
  }
  const script = args.slice(at);
  if (script.length === 0) throw usage('the following arguments are required: training_script, training_script_args');
  const ranks = Number(options.get('nproc_per_node') ?? 1);
  if (!Number.isInteger(ranks) || ranks < 1 || ranks > maxRanks) {
    throw usage(`argument --nproc-per-node: expected 1 to ${maxRanks}, got ${options.get('nproc_per_node')}`);
  }
  return { ranks, script };
}

function usage(problem: string): PretendFailure {
  return new PretendFailure(`usage: torchrun [-h] [--nproc-per-node N] training_script ...\ntorchrun: error: ${problem}`, 2);
}
