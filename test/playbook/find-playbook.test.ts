import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FleetError } from '../../src/errors.ts';
import { findPlaybook, listPlaybooks, playbookFolders } from '../../src/playbook/find-playbook.ts';

let root = '';
let folders: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fleet-playbooks-'));
  folders = [join(root, 'first'), join(root, 'second'), join(root, 'absent')];
  mkdirSync(join(root, 'first'));
  mkdirSync(join(root, 'second'));
  for (const file of ['first/prod-50k.yaml', 'second/prod-50k.yaml', 'second/sweep.yml', 'second/notes.md']) {
    writeFileSync(join(root, file), 'playbook: x\n');
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function failureOf(name: string, where = folders): FleetError {
  try {
    findPlaybook(name, where);
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error(`${name} was found`);
}

describe('a playbook is found', () => {
  it('by its name, in the first folder that has it', () => {
    expect(findPlaybook('prod-50k', folders)).toBe(join(root, 'first/prod-50k.yaml'));
    expect(findPlaybook('sweep', folders)).toBe(join(root, 'second/sweep.yml'));
  });

  it('by its path', () => {
    const file = join(root, 'second/prod-50k.yaml');
    expect(findPlaybook(file, [])).toBe(file);
  });

  it('in the folders of FLEET_PLAYBOOKS, else in ./playbooks', () => {
    expect(playbookFolders({ FLEET_PLAYBOOKS: '/a::/b' })).toEqual(['/a', '/b']);
    expect(playbookFolders({})).toEqual(['playbooks']);
    expect(listPlaybooks(folders)).toHaveLength(3);
  });
});

describe('a playbook that is not there', () => {
  it('is answered with the nearest name and the folders', () => {
    const error = failureOf('prod-5ok');
    expect(error).toMatchObject({ code: 'playbook-not-found', exit: 2 });
    expect(error.message).toBe(`no playbook is called "prod-5ok" in ${folders.join(', ')}`);
    expect(error.suggestions).toEqual(['did you mean "prod-50k"?', 'the playbooks are prod-50k, sweep']);
  });

  it('is told to be missing when it was a path, or a folder', () => {
    expect(failureOf(join(root, 'no.yaml')).message).toBe(`${join(root, 'no.yaml')}: no such playbook file`);
    expect(failureOf(`${root}/first`)).toMatchObject({ code: 'playbook-not-found' });
  });

  it('is answered too where there is none at all', () => {
    expect(failureOf('x', [join(root, 'absent')]).suggestions).toEqual([
      'there is no playbook at all: give a path, or set FLEET_PLAYBOOKS',
    ]);
  });
});
