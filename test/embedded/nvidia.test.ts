import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerNvidiaSmi } from '../../src/embedded/nvidia/answer.ts';
import { listCardUses, useCard } from '../../src/embedded/card-use.ts';
import { readDriverState } from '../../src/embedded/nvidia/driver-state.ts';
import { readDriverWishes } from '../../src/embedded/nvidia/faults.ts';
import { requireMachine } from '../../src/embedded/machines.ts';
import { readProcessStart } from '../../src/embedded/process-start.ts';

const nowMs = Date.UTC(2026, 10, 22, 19, 6, 40, 123);
const use = { card: 1, processName: '/home/x/bin/python3', memoryMiB: 27_418, utilizationPercent: 94 };
let pretendDir: string;

beforeEach(async () => {
  pretendDir = await mkdtemp(join(tmpdir(), 'fleet-nvidia-'));
});

afterEach(async () => {
  await rm(pretendDir, { recursive: true });
});

function ask(...args: string[]) {
  return askMachine('a100x2', {}, ...args);
}

function askMachine(name: string, variables: Record<string, string>, ...args: string[]) {
  const machine = requireMachine(name);
  if (machine.nvidia === null) throw new Error(`${name} has no NVIDIA cards`);
  const home = dirname(pretendDir);
  const own = { machine, pretendDir, home, bin: join(home, 'bin') };
  return answerNvidiaSmi(args, readDriverState(machine.nvidia, own, readDriverWishes(variables), nowMs));
}

test('idle cards answer a query with plain numbers', () => {
  const { text, exitCode } = ask(
    '--query-gpu=index,name,driver_version,memory.total,memory.used,utilization.gpu,temperature.gpu,power.draw,mig.mode.current',
    '--format=csv,noheader,nounits',
  );
  expect(exitCode).toBe(0);
  expect(text).toBe(
    '0, NVIDIA A100 80GB PCIe, 550.54.15, 81920, 4, 0, 33, 46.00, Disabled\n' +
      '1, NVIDIA A100 80GB PCIe, 550.54.15, 81920, 4, 0, 33, 46.00, Disabled\n',
  );
});

test('a query with heading and units names both', () => {
  const { text } = ask('--query-gpu=timestamp,index,memory.used,utilization.gpu,fan.speed', '--format=csv', '-i', '0');
  expect(text).toBe(
    'timestamp, index, memory.used [MiB], utilization.gpu [%], fan.speed [%]\n2026/11/22 19:06:40.123, 0, 4 MiB, 0 %, [N/A]\n',
  );
});

test('an unknown field fails the whole query on stdout', () => {
  expect(ask('--query-gpu=index,xyz', '--format=csv')).toEqual({
    text: 'Field "xyz" is not a valid field to query.\n\n',
    exitCode: 2,
  });
});

test('what the tool does not take is refused', () => {
  for (const args of [['--nonsense'], ['--query-gpu=index'], ['--query-gpu=index', '--format=xml'], ['-i'], ['--format=csv']]) {
    expect(ask(...args)).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('Invalid combination of input arguments') as string,
    });
  }
  expect(ask('--id=7')).toEqual({ text: 'No devices were found\n', exitCode: 6 });
});

test('the help says that it pretends', () => {
  expect(ask('--help').text).toContain('pretends');
});

test('a process on a card shows in every form, until it leaves', () => {
  const leave = useCard(pretendDir, use);
  expect(ask('--query-gpu=index,memory.used', '--format=csv,noheader').text).toBe('0, 4 MiB\n1, 27422 MiB\n');
  const apps = ask('--query-compute-apps=pid,process_name,used_memory', '--format=csv').text;
  expect(apps).toBe(`pid, process_name, used_gpu_memory [MiB]\n${process.pid}, /home/x/bin/python3, 27418 MiB\n`);
  expect(ask().text).toContain(`N/A  N/A ${String(process.pid).padStart(9)}      C   /home/x/bin/python3 `);
  leave();
  expect(ask('--query-compute-apps=pid', '--format=csv,noheader').text).toBe('');
});

test.each([
  ['418.87.00', 79],
  ['470.57.02', 79],
  ['525.60.13', 79],
  ['535.104.05', 89],
  ['550.54.15', 91],
  ['580.65.06', 91],
])('the table of driver %s is %i characters wide, idle, busy and sliced', (PRETEND_DRIVER, width) => {
  const tableOf = (variables = {}) => askMachine('a100x2', { PRETEND_DRIVER, ...variables }).text;
  const widths = (variables = {}) => new Set(tableOf(variables).trimEnd().split('\n').slice(1).map(lengthOf));
  expect(widths()).toEqual(new Set([width]));
  expect(widths({ PRETEND_SMI: 'mig' })).toEqual(new Set([width]));
  expect(tableOf()).toContain('|  No running processes found ');
  expect(tableOf()).toMatch(new RegExp(`Driver Version: ${PRETEND_DRIVER} +CUDA Version: \\d+\\.\\d `));
  const leave = useCard(pretendDir, { ...use, processName: `/very${'/long'.repeat(30)}/python3` });
  expect(widths()).toEqual(new Set([width]));
  leave();
});

test('an old driver cuts names and has no line for MIG', () => {
  const { text } = askMachine('a100x2', { PRETEND_SMI: 'old-driver' });
  expect(text).toContain('| NVIDIA-SMI 440.33.01    Driver Version: 440.33.01    CUDA Version: 10.2     |\n|---');
  expect(text).toContain('|   0  NVIDIA A100 80G...  On   | 00000000:17:00.0 Off |                    0 |');
  expect(text).toContain('| N/A   33C    P0    46W / 300W |      4MiB / 81920MiB |      0%      Default |');
  expect(text).not.toContain('MIG ');
});

test('a process that was killed no longer counts, nor does one that got its pid', async () => {
  const child = spawn('sleep', ['60']);
  const start = readProcessStart(child.pid ?? 0);
  const leave = useCard(pretendDir, use);
  leave();
  const record = join(pretendDir, 'cards', `${child.pid}.json`);
  await writeFile(record, JSON.stringify({ ...use, pid: child.pid, start }));
  expect(listCardUses(pretendDir)).toHaveLength(1);
  await writeFile(record, JSON.stringify({ ...use, pid: child.pid, start: '1' }));
  expect(listCardUses(pretendDir)).toEqual([]);
  await writeFile(record, JSON.stringify({ ...use, pid: child.pid, start }));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(listCardUses(pretendDir)).toEqual([]);
  useCard(pretendDir, use)();
  expect(await readdir(join(pretendDir, 'cards'))).toEqual([]);
});

function lengthOf(text: string): number {
  return text.length;
}
