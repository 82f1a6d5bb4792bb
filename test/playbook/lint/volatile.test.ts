import { describe, expect, it } from 'vitest';
import { isUnder } from '../../../src/playbook/lint/folders.ts';
import { lintPlaybook } from '../../../src/playbook/lint/lint-playbook.ts';
import { readText } from '../playbook-text.ts';
import { launch, lintText } from './lint-text.ts';

describe('what a reboot takes away', () => {
  it('is told, each folder once, for the most precious thing in it', () => {
    const text = [
      'params: { out: { type: string, default: /tmp/out }, data: { type: string, default: /tmp/data } }',
      'env: { DATA: "${{ params.data }}", SHARED: /dev/shm/x }',
      'launch: { run: x, log: /tmp/logs/x.log }',
      'monitor: { checkpoints: { path: "${{ params.out }}/c_*.pt" }, metrics: { m: { csv: "${{ params.out }}/m.csv" }, n: { jsonl: /run/n } } }',
      'validate:',
      '  - { check: c, config: { file: x, expect: { data.path: /tmp/data/train, cache: /var/tmp/x } } }',
    ].join('\n');
    expect(lintText(text)).toEqual([
      'params.data.default: "data" at /tmp/data: /tmp is emptied when the machine starts again',
      'env.SHARED: "SHARED" at /dev/shm/x: /dev/shm is memory, and gone when the machine stops',
      'note: launch.log: the log at /tmp/logs/x.log: /tmp is emptied when the machine starts again',
      'monitor.checkpoints.path: checkpoints at /tmp/out/c_*.pt: /tmp is emptied when the machine starts again',
      'note: monitor.metrics.n.jsonl: metrics at /run/n: /run is memory, and gone when the machine stops',
    ]);
  });

  it('is told of the workdir', () => {
    expect(lintText('workdir: /var/tmp/job')).toEqual([
      'workdir: the workdir at /var/tmp/job: /var/tmp is cleared of what is some weeks old',
    ]);
    expect(lintText('workdir: /srv/tmp')).toEqual([]);
  });

  it('is not told when the author accepts it, and how that is done is the suggestion', () => {
    const text = (more: string) => readText(`playbook: p\nenv: { DATA_DIR: /tmp/data/sudoku }\n${more}\n`);
    expect(lintPlaybook(text('')).map(({ suggestion }) => suggestion)).toEqual([
      'keep it elsewhere, or accept it with "volatile: [/tmp/data/sudoku]" at the top',
    ]);
    expect(lintPlaybook(text('volatile: [/tmp/data]'))).toEqual([]);
    expect(lintPlaybook(text('volatile: [/tmp/dat]'))).toHaveLength(1);
  });

  it('is not told of what may well be lost', () => {
    const env = 'env: { TMPDIR: /tmp/x, TRITON_CACHE_DIR: /tmp/y, XDG_RUNTIME_DIR: /run/user/0, NAME: tmp/x }';
    expect(lintText(`${env}\n${launch('cp x /tmp/y')}`)).toEqual([]);
  });
});

describe('a folder', () => {
  it.each([
    ['/tmp/a', '/tmp', true],
    ['/tmp/', '/tmp', true],
    ['/tmpfs', '/tmp', false],
    ['tmp/a', '/tmp', false],
    ['/a//b/./c', '/a/b', true],
    ['out/x', '.', true],
    ['./out', '.', true],
    ['/out', '.', false],
    ['~/out', '.', false],
    ['/out', '/', true],
    ['out', '/', false],
  ])('has %s in %s: %s', (path, folder, inside) => {
    expect(isUnder(path, folder)).toBe(inside);
  });
});
