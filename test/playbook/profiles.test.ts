import { describe, expect, it } from 'vitest';
import { lintPlaybook } from '../../src/playbook/lint/lint-playbook.ts';
import { resolvePlaybook, type VariantWish } from '../../src/playbook/resolve-playbook.ts';
import { formatProblem } from '../../src/problem.ts';
import { readText, tellText } from './playbook-text.ts';

const text = `playbook: p
params:
  batch: { type: integer, default: 4, max: 64 }
  steps: { type: integer, default: 50 }
env: { DEVICE: any, COMMON: same, BATCH: "\${{ params.batch }}" }
profiles:
  gpu:
    params: { batch: 32 }
    env: { DEVICE: gpu, HSA_OVERRIDE_GFX_VERSION: 10.3.0 }
    monitor:
      criteria:
        - { criterion: fast, expr: mean(train.rate) > 100 }
  cpu:
    params: { batch: 8 }
    env: { DEVICE: { value: cpu, critical: true } }
    launch: { time-limit: "\${{ params.batch }}h" }
fallback: { to: cpu, on: [rocm-fault, exit 134, exit 139], pattern: HSA_STATUS_ERROR }
launch: { run: "train --batch \${{ params.batch }} --steps \${{ params.steps }}", log: x.log, time-limit: 1h }
monitor:
  metrics: { train: { csv: x.csv } }
  progress: { metric: train.step }
  criteria:
    - { criterion: it learns, expr: last(train.loss) < 5 }
`;

function resolve(wish: Partial<VariantWish> = {}, source = text) {
  const { resolved, problems } = resolvePlaybook(readText(source), { set: {}, host: {}, ...wish });
  return { resolved, told: problems.map(formatProblem) };
}

/** The playbook with one line changed, as a person is told about it. */
function tellChanged(from: string, to: string): string[] {
  expect(text).toContain(from);
  return tellText(text.replace(from, () => to));
}

describe('a profile', () => {
  it('changes params, adds to the environment, and replaces what it gives of launch and monitor', () => {
    const { resolved } = resolve();
    expect(resolved).toMatchObject({ profile: 'gpu', params: { batch: 32, steps: 50 } });
    expect(resolved?.env.map(({ name, value }) => [name, value])).toEqual([
      ['DEVICE', { text: 'gpu' }],
      ['COMMON', { text: 'same' }],
      ['BATCH', { text: '32' }],
      ['HSA_OVERRIDE_GFX_VERSION', { text: '10.3.0' }],
    ]);
    expect(resolved?.launch).toMatchObject({ command: 'train --batch 32 --steps 50', timeLimitSeconds: 3600 });
    expect(resolved?.monitor?.criteria.map(({ name, line }) => [name, line])).toEqual([['fast', 12]]);
    expect(resolved?.monitor?.progress).toEqual({ source: 'train', column: 'step', of: null });
  });

  it('is the first one of the file, or the one that was asked for', () => {
    const { resolved } = resolve({ profile: 'cpu' });
    expect(resolved).toMatchObject({ profile: 'cpu', params: { batch: 8 }, launch: { timeLimitSeconds: 8 * 3600 } });
    expect(resolved?.env[0]).toEqual({ name: 'DEVICE', value: { text: 'cpu' }, critical: true, optional: false });
    expect(resolved?.monitor?.criteria.map(({ name }) => name)).toEqual(['it learns']);
    expect(resolve({ profile: 'cpv' }).told).toEqual([
      '--profile: cpv: no profile is called "cpv", it has gpu, cpu (did you mean "cpu"?)',
    ]);
    expect(resolve({ profile: 'gpu' }, 'playbook: p\n').told).toEqual([
      '--profile: gpu: no profile is called "gpu", the playbook has none',
    ]);
  });

  it('counts more than the host and less than what is typed, but one that is fallen back to counts most', () => {
    expect(resolve({ host: { batch: 2, steps: 9 } }).resolved?.params).toEqual({ batch: 32, steps: 9 });
    const set = { batch: '64', steps: '7' };
    expect(resolve({ set }).resolved?.params).toEqual({ batch: 64, steps: 7 });
    expect(resolve({ set, profile: 'cpu', isFallback: true }).resolved?.params).toEqual({ batch: 8, steps: 7 });
  });

  it.each([
    [
      'params: { batch: 32 }',
      'params: { batsh: 32 }',
      'p.yaml:8:15: profiles.gpu.params.batsh: no param is called "batsh", it has batch, steps (did you mean "batch"?)',
    ],
    ['params: { batch: 32 }', 'params: { batch: 99 }', 'p.yaml:8:22: profiles.gpu.params.batch: expected at most 64, got 99'],
    ['env: { DEVICE: gpu,', 'env: { DEVICE: 7,', 'p.yaml:9:20: profiles.gpu.env.DEVICE: expected text or a mapping, got 7'],
    [
      'env: { DEVICE: { value: cpu,',
      'envs: { DEVICE: { value: cpu,',
      'p.yaml:15:5: profiles.cpu.envs: unknown key "envs" (did you mean "env"?)',
    ],
    [
      'launch: { time-limit: "${{ params.batch }}h" }',
      'launch: { time-limit: soon }',
      'p.yaml:16:27: profiles.cpu.launch.time-limit: expected a duration such as "15m" or "1h30m", got "soon"',
    ],
    [
      'launch: { time-limit: "${{ params.batch }}h" }',
      'launch: { time-limits: 1h }',
      'p.yaml:16:15: profiles.cpu.launch.time-limits: unknown key "time-limits" (did you mean "time-limit"?)',
    ],
    [
      'mean(train.rate)',
      'mean(tain.rate)',
      'p.yaml:12:36: profiles.gpu.monitor.criteria[0].expr: no metric source is called "tain", expected "train" (did you mean "train"?)',
    ],
    ['log: x.log, time-limit', 'lug: x.log, time-limit', 'p.yaml:18:81: launch.lug: unknown key "lug" (did you mean "log"?)'],
  ])('with %j made %j is told where it is written', (from, to, message) => {
    expect(tellChanged(from, to)).toEqual([message]);
  });

  it('is linted as it would run', () => {
    const { document, ...playbook } = readText(
      text.replace('mean(train.rate) > 100', 'last(train.rate) > 9 && last(train.rate) < 5'),
    );
    const told = lintPlaybook({ document, ...playbook }).map(formatProblem);
    expect(told.filter((line) => line.includes('cannot hold'))).toHaveLength(1);
    expect(told.find((line) => line.includes('cannot hold'))).toContain(
      'p.yaml:12:36: warning: profiles.gpu.monitor.criteria[0].expr',
    );
    expect(
      lintPlaybook({ document, ...playbook }, { profile: 'cpu' }).filter(({ message }) => message.includes('cannot hold')),
    ).toEqual([]);
  });
});

describe('a fallback', () => {
  it('says from where, to where, and after what', () => {
    expect(resolve().resolved?.fallback).toEqual({
      change: {
        from: 'gpu',
        to: 'cpu',
        exits: [134, 139],
        failures: ['rocm-fault'],
        texts: ['HSA_STATUS_ERROR'],
        afterSeconds: 20,
      },
      byTrainer: null,
    });
    expect(resolve({}, 'playbook: p\nfallback: { by-trainer: CPU fallback ready }\n').resolved?.fallback).toEqual({
      change: null,
      byTrainer: 'CPU fallback ready',
    });
  });

  it.each([
    [
      '{ to: cpux, on: [exit 134] }',
      'p.yaml:17:17: fallback.to: no profile is called "cpux", expected "gpu" or "cpu" (did you mean "cpu"?)',
    ],
    [
      '{ to: gpu, on: [exit 134] }',
      'p.yaml:17:17: fallback.to: expected another profile than "gpu", which the run falls back from',
    ],
    [
      '{ to: cpu, on: [exit 2] }',
      'p.yaml:17:27: fallback.on[0]: exit 2 is a program that was used wrongly: it is used wrongly in every profile',
    ],
    ['{ to: cpu, on: [exit 0] }', 'p.yaml:17:27: fallback.on[0]: expected an exit status from 1 to 255, got 0'],
    ['{ to: cpu, on: [134] }', 'p.yaml:17:27: fallback.on[0]: expected "exit 134" or the class of a failure, got 134'],
    ['{ to: cpu, on: [SIGABRT] }', 'p.yaml:17:27: fallback.on[0]: expected "exit 134" or the class of a failure, got "SIGABRT"'],
    ['{ to: cpu }', 'p.yaml:17:1: fallback: expected "on" or "pattern": what the run falls back after'],
    ['{ on: [exit 134] }', 'p.yaml:17:13: fallback.on: "on" needs "to", the profile that the run goes on with'],
    ['{}', 'p.yaml:17:1: fallback: expected "to" or "by-trainer"'],
    ['{ by-trainer: "(" }', 'p.yaml:17:25: fallback.by-trainer:'],
  ])('%s is refused', (fallback, message) => {
    const told = tellText(text.replace(/^fallback: .*$/m, () => `fallback: ${fallback}`));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(message);
  });

  it('needs profiles', () => {
    expect(tellText('playbook: p\nfallback: { to: cpu, on: [exit 134] }\n')).toEqual([
      'p.yaml:2:17: fallback.to: no profile is called "cpu", there is none',
    ]);
  });
});
