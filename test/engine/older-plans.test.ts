import { describe, expect, it } from 'vitest';
import { readPlan } from '../../src/engine/read-plan.ts';

/** What 0.1.0 stored, as far as later versions have added to it. */
const stored = {
  version: 1,
  run: 'abcdefghjk',
  playbook: {
    requires: { accelerators: null, python: '>=3.10', driver: null, disk: null },
    prepare: [],
    validate: [
      {
        ...{ kind: 'check', name: 'config', expectedTimeSeconds: null, severity: 'fail', line: 3 },
        deed: { kind: 'config', file: 'c.yaml', expect: { 'train.lr': 0.0002, fast: true } },
      },
    ],
    verify: [
      {
        ...{ kind: 'check', name: 'artifacts', expectedTimeSeconds: 60, severity: 'warn', line: 9 },
        deed: { kind: 'files', glob: '*.pt', count: { low: 1, high: null, text: '>= 1' }, size: null },
      },
    ],
  },
};

describe('a plan of fleet 0.1.0', () => {
  const plan = readPlan(JSON.stringify(stored));

  it('has asked and waived nothing, and no strict order', () => {
    expect(plan).toMatchObject({ answers: {}, waivers: [], playbook: { strictOrder: false } });
  });

  it('keeps what its entries say, and says nothing of what they could not say', () => {
    expect(plan.playbook.verify[0]).toMatchObject({
      ...{ name: 'artifacts', expectedTimeSeconds: 60, severity: 'warn', line: 9 },
      ...{ timeoutSeconds: null, retry: null, remember: null, requires: null, parallel: false, quarantine: null, hint: null },
      deed: { kind: 'files', glob: '*.pt', age: null, sha256: null },
    });
  });

  it('holds the values of a configuration to themselves', () => {
    expect(plan.playbook.validate[0]?.deed).toMatchObject({
      expect: { 'train.lr': { kind: 'equals', value: 0.0002 }, fast: { kind: 'equals', value: true } },
    });
  });
});
