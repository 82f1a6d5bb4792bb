import { CLIError } from '@oclif/core/errors';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../src/cli/describe-error.ts';
import { renderError } from '../../src/cli/report-error.ts';
import { screenOf } from '../../src/cli/screen.ts';
import { exitCodes, FleetError } from '../../src/errors.ts';
import { FilesHaveErrors, type Problem } from '../../src/problem.ts';

const plain = screenOf({}, {}, { color: true });

describe('an error', () => {
  it('that a person is meant to read keeps its code, its hints and its exit code', () => {
    const error = new FleetError('the store is locked', {
      code: 'store-locked',
      exit: exitCodes.couldNot,
      suggestions: ['wait'],
    });
    expect(describeError(error, 'status')).toEqual({
      document: { code: 'store-locked', message: 'the store is locked', suggestions: ['wait'] },
      exit: 1,
    });
  });

  it.each([new TypeError('x is not a function'), 'thrown text', undefined, new CLIError('module not found', { exit: 1 })])(
    'that nobody expected is a defect: %s',
    (error) => {
      expect(describeError(error, null)).toMatchObject({ document: { code: 'defect' }, exit: 1 });
    },
  );

  it('of files tells every problem on a line of its own, before what it means', () => {
    const problem: Problem = {
      file: 'a.yaml',
      line: 3,
      column: 5,
      path: 'hosts.one',
      message: 'unknown key "adress"',
      suggestion: 'did you mean "address"?',
      severity: 'error',
    };
    const described = describeError(new FilesHaveErrors([problem, { ...problem, line: 9, severity: 'warning' }]), 'hosts');
    expect(described?.exit).toBe(2);
    expect(described && renderError(described.document, plain)).toEqual([
      'a.yaml:3:5: hosts.one: unknown key "adress" (did you mean "address"?)',
      'a.yaml:9:5: warning: hosts.one: unknown key "adress" (did you mean "address"?)',
      'error: a.yaml: one error',
    ]);
  });
});
