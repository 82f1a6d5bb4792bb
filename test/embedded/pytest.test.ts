import { beforeAll, describe, expect, test } from 'vitest';
import { holds } from '../../src/embedded/pytest/expression.ts';
import { installMachine } from './machine-setup.ts';
import type { Answer, InstalledMachine } from './machine-setup.ts';

let machine: InstalledMachine;

beforeAll(async () => {
  machine = await installMachine('a4000');
});

function run(command: string, variables: Record<string, string> = {}): Promise<Answer> {
  return machine.sh(`cd world-model && ${command}`, variables);
}

describe('the pretend pytest', () => {
  test('finds the tests that are there, and lets them pass', async () => {
    for (const command of ['pytest tests/ -v', 'python3 -m pytest tests/ -v']) {
      const { exitCode, stdout } = await run(command);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /^=+ test session starts =+\nplatform linux -- Python 3\.11\.9, pytest-8\.2\.2, pluggy-1\.5\.0 -- .*\/bin\/python3\n/,
      );
      expect(stdout).toContain('\ncollecting ... collected 12 items\n\n');
      expect(stdout).toMatch(/^tests\/test_model\.py::test_forward_shapes PASSED +\[ 66%\]$/m);
      expect(stdout).toMatch(/\n=+ 12 passed in \d\.\d\ds =+\n$/);
    }
    const brief = await run('pytest tests/test_model.py tests/test_checkpoint.py::test_checkpoint_roundtrip');
    expect(brief.stdout).toMatch(
      /\ncollected 6 items\n\ntests\/test_model\.py \.{5} +\[ 83%\]\ntests\/test_checkpoint\.py \. +\[100%\]\n/,
    );
  });

  test('leaves out what is not asked for, and ends with 5 when nothing is left', async () => {
    const quick = await run('pytest tests/ -v -k "not slow"');
    expect(quick.stdout).toContain('collected 12 items / 2 deselected / 10 selected\n');
    expect(quick.stdout).toMatch(/= 10 passed, 2 deselected in /);
    expect(await run('pytest tests/ -m "slow and gpu"')).toMatchObject({
      exitCode: 5,
      stdout: expect.stringMatching(/= 12 deselected in /) as string,
    });
  });

  test('skips what needs a GPU where there is none', async () => {
    const { exitCode, stdout } = await run('. .venv_cpu/bin/activate; pytest tests/ -v');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/::test_model_moves_to_gpu SKIPPED \(needs a GPU\) /);
    expect(stdout).toMatch(/= 10 passed, 2 skipped in /);
  });

  test('fails one test on request, or finds none', async () => {
    const failed = await run('pytest tests/ -v', { PRETEND_PYTEST: 'fail' });
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toMatch(
      /\n=+ FAILURES =+\n_+ test_rollout_of_a_thousand_steps_stays_finite _+\n[^]*> {7}assert torch\.isfinite/,
    );
    expect(failed.stdout).toMatch(
      /\nFAILED tests\/test_model\.py::test_rollout\S+ - AssertionError[^\n]*\n=+ 1 failed, 11 passed in /,
    );
    const none = await run('pytest tests/ -v', { PRETEND_PYTEST: 'none' });
    expect(none).toMatchObject({
      exitCode: 5,
      stdout: expect.stringMatching(/collected 0 items\n[^]*= no tests ran in /) as string,
    });
    expect(await run('pytest', { PRETEND_PYTEST: 'maybe' })).toMatchObject({ exitCode: 4, stdout: '' });
  });

  test('cannot begin without what it needs', async () => {
    const enter = 'python3 -m venv .venv_new; . .venv_new/bin/activate';
    expect(await run(`${enter}; python -m pytest tests/`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/\/\.venv_new\/bin\/python3: No module named pytest\n$/) as string,
    });
    const unmet = await run(`${enter}; pip install pytest; pytest tests/`);
    expect(unmet).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('Interrupted: 3 errors during collection') as string,
    });
    expect(await run('pytest nothing/')).toMatchObject({
      exitCode: 4,
      stderr: 'ERROR: file or directory not found: nothing/\n\n',
    });
    expect(await run('pytest --sideways')).toMatchObject({ exitCode: 4 });
  });
});

test('an expression of -k takes not, and, or', () => {
  const has = (name: string) => ['slow', 'gpu'].includes(name);
  expect(
    ['slow', 'not slow', 'slow and gpu', 'slow and not gpu', 'cpu or gpu', 'not cpu'].filter((each) => holds(each, has)),
  ).toEqual(['slow', 'slow and gpu', 'cpu or gpu', 'not cpu']);
  expect(() => holds('(slow', has)).toThrow("Wrong expression passed to '-k': (slow");
});
