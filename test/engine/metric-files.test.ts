import Database from 'better-sqlite3';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { usePeople } from '../support/person.ts';

const { person } = usePeople();

/** Everything that is there before is of an older run: only what the job adds is this one's. */
const playbook = (database: string) => `playbook: many-files
workdir: work
launch:
  log: job.log
  run: |
    printf 'step;loss\\n1;4\\n' >logs/metrics_b.csv; sleep 1.2
    printf 'step;loss\\n2;3\\n3;2,5\\n' >logs/metrics_a.csv
    echo '2,1.5' >>appended.csv
    for rank in 0 1 10; do echo "{\\"step\\": 7, \\"loss\\": $rank}" >>out/heartbeat_rank$rank.jsonl; done
    echo 'step 1,000 | loss nan'
    echo 'NCCL error in a worker' >logs/worker_1.log
    mkdir -p out/checkpoint-10; echo '{"log_history": [{"step": 5, "loss": 9}, {"step": 10, "loss": NaN}]}' >out/checkpoint-10/trainer_state.json
    cp ${database} metadata.db.new; mv metadata.db.new metadata.db
    sleep 0.5
monitor:
  metrics:
    training: { csv: 'logs/metrics_*.csv' }
    appended: { csv: appended.csv }
    heartbeat: { jsonl: 'out/heartbeat_rank{rank}.jsonl', step: step }
    lines: { text: job.log, pattern: 'step (?<step>[\\d,]+) \\| loss (?<loss>\\S+)' }
    history: { json: 'out/checkpoint-*/trainer_state.json', rows: log_history, step: step }
    epochs: { sqlite: metadata.db, query: 'SELECT epoch, val_loss FROM epoch_history ORDER BY id', step: epoch }
  progress: { metric: training.step, of: 3 }
  logs: ['logs/worker_*.log']
  flags: [{ yellow: NCCL error }]
  criteria:
    - { criterion: every rank, expr: count(heartbeat.loss) == 3 }
    - { criterion: the later file, expr: last(training.step) == 3 }
`;

function writeDatabase(file: string, epochs: number): void {
  const database = new Database(file);
  database.exec('CREATE TABLE epoch_history (id INTEGER PRIMARY KEY, epoch INTEGER, val_loss REAL)');
  for (let epoch = 1; epoch <= epochs; epoch += 1)
    database.prepare('INSERT INTO epoch_history (epoch, val_loss) VALUES (?, ?)').run(epoch, 1 / epoch);
  database.close();
}

describe('a run that writes all kinds of files', { timeout: 120_000 }, () => {
  it.for([
    ['a controller that watches', []],
    ['one that comes back when all is over', ['--detach']],
  ] as const)('has the rows that its job added, each once, read by %s', async ([, words], test) => {
    const who = person(test);
    const work = join(who.hostHome(), 'work');
    for (const folder of ['logs', 'out/checkpoint-5']) mkdirSync(join(work, folder), { recursive: true });
    const writeOld = (name: string, text: string) => writeFileSync(join(work, name), text);
    writeOld('logs/metrics_old.csv', 'step;loss\n99;9\n');
    writeOld('logs/worker_0.log', 'NCCL error of an older run\n');
    writeOld('appended.csv', 'step,loss\n99,9\n');
    writeOld('out/heartbeat_rank0.jsonl', '{"step": 99, "loss": 9}\n');
    writeOld('out/checkpoint-5/trainer_state.json', '{"log_history": [{"step": 5, "loss": 9}]}');
    writeDatabase(join(work, 'metadata.db'), 1);
    writeDatabase(join(who.folder, 'new.db'), 2);
    const file = who.writeFile('many-files.yaml', playbook(join(who.folder, 'new.db')));

    const launched = await who.run(['launch', file, '--host', 'demo-a100x2', ...words]);
    expect(launched.code, launched.stderr).toBe(0);
    if (words.length > 0) {
      const exit = join(who.hostHome(), '.local/state/fleet/runs', who.newest().id, 'a1/w0/job/exit');
      await waitFor('the job has ended', () => existsSync(exit));
      expect((await who.run(['resume'])).code).toBe(0);
    }
    const { id, flags, criteria, progress } = who.newest();
    const { rows } = (await who.ask(['metrics', id])) as { rows: Record<string, unknown>[] };
    const told = rows.map(({ source, step, loss, rank, val_loss: val }) => [source, step, loss ?? val ?? null, rank ?? null]);
    expect(told.filter(([source]) => source !== 'heartbeat')).toEqual([
      ['appended', 2, 1.5, null],
      ['epochs', 2, 0.5, null],
      ['history', 10, null, null],
      ['lines', 1000, null, null],
      ['training', 1, 4, null],
      ['training', 2, 3, null],
      ['training', 3, '2,5', null],
    ]);
    expect(told.filter(([source]) => source === 'heartbeat').toSorted((a, b) => Number(a[3]) - Number(b[3]))).toEqual([
      ['heartbeat', 7, 0, 0],
      ['heartbeat', 7, 1, 1],
      ['heartbeat', 7, 10, 10],
    ]);
    expect(progress).toMatchObject({ step: 3, of: 3 });
    expect(criteria.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['every rank', 'met'],
      ['the later file', 'met'],
    ]);
    expect(flags.map(({ text, count }) => [text, count]).toSorted()).toEqual([
      ['NCCL error in a worker', 1],
      ['history: values that are no number (NaN, Infinity)', 1],
      ['lines: values that are no number (NaN, Infinity)', 1],
      ['step 1,000 | loss nan', 1],
      ['training: lines that cannot be used, the first: a number with a comma is not read as a number: "2,5"', 1],
    ]);
  });
});
