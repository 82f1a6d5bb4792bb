import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const program = fileURLToPath(new URL('rendezvous.mjs', import.meta.url));

describe('the rendezvous program', () => {
  test.each([2, 3])('%i nodes meet, and each writes the same sums', async (count) => {
    const nodes = await startNodes(count, ['--steps', '5', '--step-ms', '1']);
    expect(await Promise.all(nodes.map(({ exit }) => exit))).toEqual(nodes.map(() => 0));
    const rows = nodes.map(({ csv }) => readFileSync(csv, 'utf8'));
    expect(new Set(rows).size).toBe(1);
    const losses = (rows[0] ?? '').split('\n').map((row) => Number(row.split(',')[1]));
    losses.slice(0, -1).forEach((loss, index) => expect(loss * (index + 1)).toBeCloseTo((count + 1) / 2));
    expect(losses.length).toBe(6);
    expect(nodes.map(({ output }) => output().split('\n', 1)[0])).toEqual(
      nodes.map((_, rank) => `[Rank ${rank}/${count}] Starting training worker`),
    );
  });

  test('when one of three is killed, the others end with a line that says who went away', async () => {
    const nodes = await startNodes(3, ['--steps', '100000', '--step-ms', '1']);
    const victim = nodes[1];
    await victim?.says('step 3:');
    victim?.child.kill('SIGKILL');
    expect(await Promise.all(nodes.map(({ exit }) => exit))).toEqual([1, null, 1]);
    expect(nodes[0]?.output()).toContain('[Rank 0/3] rank 1 went away before step ');
    expect(nodes[2]?.output()).toContain('[Rank 2/3] rank 0 went away before step ');
  });
});

interface Node {
  child: ChildProcess;
  csv: string;
  exit: Promise<number | null>;
  output: () => string;
  says(text: string): Promise<void>;
}

async function startNodes(count: number, words: string[]): Promise<Node[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rendezvous-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const port = await findPort();
  return Array.from({ length: count }, (_, rank) => startNode(folder, rank, count, port, words));
}

function startNode(folder: string, rank: number, count: number, port: number, words: string[]): Node {
  const csv = join(folder, `${rank}.csv`);
  const meeting = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port), NODE_RANK: String(rank), NNODES: String(count) };
  const child = spawn(process.execPath, [program, '--csv', csv, ...words], { env: { ...process.env, ...meeting } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return {
    child,
    csv,
    exit: new Promise((resolve) => {
      child.once('close', resolve);
    }),
    output: () => said,
    says: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (said.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        look();
      }),
  };
}

function findPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
