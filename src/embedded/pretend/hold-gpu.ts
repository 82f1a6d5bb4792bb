import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { useCard } from '../card-use.ts';
import { findOwnMachine } from '../own-machine.ts';
import { PretendFailure } from '../training/failure.ts';
import { runPretend } from '../training/run-pretend.ts';

const help = `hold-gpu of an embedded host: it pretends. A real process that nvidia-smi or rocm-smi lists, until it is killed or its time is up.

    hold-gpu CARD MEMORY_MIB [SECONDS]     600 seconds if not given, 3600 at the most

It outlives the connection that started it.
`;

const mostSeconds = 3_600;

await runPretend(async () => {
  const args = process.argv.slice(2);
  if (args[0] === '--help' || args[0] === '-h') {
    process.stdout.write(help);
    return;
  }
  const { machine, bin, pretendDir } = findOwnMachine(join(import.meta.dirname, '..'));
  const cards = machine.nvidia ?? machine.amd;
  if (cards === null) throw new PretendFailure('hold-gpu: this machine has no cards');
  if (args.length < 2 || args.length > 3) throw new PretendFailure('usage: hold-gpu CARD MEMORY_MIB [SECONDS]', 2);
  const card = readNumber('CARD', args[0], 0, cards.busIds.length - 1);
  const memoryMiB = readNumber('MEMORY_MIB', args[1], 1, cards.model.memoryMiB);
  const seconds = readNumber('SECONDS', args[2] ?? '600', 1, mostSeconds);
  process.on('SIGHUP', () => undefined);
  const leave = useCard(pretendDir, { card, processName: join(bin, 'hold-gpu'), memoryMiB, utilizationPercent: 0 });
  process.stdout.write(`pid ${process.pid} holds ${memoryMiB} MiB of card ${card} for ${seconds} s\n`);
  await wait(seconds * 1000);
  leave();
});

function readNumber(name: string, text: string | undefined, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text ?? '') && value >= least && value <= most) return value;
  throw new PretendFailure(`hold-gpu: ${name}: expected ${least} to ${most}, got "${text}"`, 2);
}
