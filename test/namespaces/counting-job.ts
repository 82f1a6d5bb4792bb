import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { waitFor } from '../support/local-host.ts';
import { readIfThere, type Person } from '../support/person.ts';

/** A job in plain sh that writes a row every fifth of a second, while it is not held, until it is told that it has counted enough. */
export const countingPlaybook = `playbook: count
params:
  name: { type: string, default: one }
launch:
  run: |
    echo "$FLEET_RUN_ID" >>'\${{ params.name }}.starts'
    step=0
    until [ -e '\${{ params.name }}.enough' ] && [ "$step" -gt 0 ]; do
      if [ -e '\${{ params.name }}.hold' ]; then sleep 0.2; continue; fi
      step=$((step + 1))
      echo "$step,$((step * 10))" >>'\${{ params.name }}.csv'
      sleep 0.2
    done
  log: '\${{ params.name }}.log'
  halt: { then: [TERM, 2s, KILL] }
monitor:
  metrics:
    training: { csv: '\${{ params.name }}.csv', columns: [step, tens] }
  progress: { metric: training.step }
  stall: { no-progress: 3m, first-step: 3m, then: [halt] }
`;

export interface CountingJob {
  /** The run of each start, in their order. */
  starts(): string[];
  /** What it has written. */
  rows(): number[][];
  /** Waits until it has written so many more rows. */
  waitForMore(count: number): Promise<void>;
  hold(): void;
  letGo(): void;
  enough(): void;
}

/** The job of that name in the home of a host. */
export function countingJobOn({ home }: NamespaceHost, name = 'one'): CountingJob {
  const lines = (ending: string) =>
    readIfThere(join(home, `${name}.${ending}`))
      .split('\n')
      .slice(0, -1);
  const rows = () => lines('csv').map((line) => line.split(',').map(Number));
  return {
    starts: () => lines('starts'),
    rows,
    waitForMore: async (count) => {
      const before = rows().length;
      await waitFor(`${count} more rows of ${name}`, () => rows().length >= before + count);
    },
    hold: () => writeFileSync(join(home, `${name}.hold`), ''),
    letGo: () => rmSync(join(home, `${name}.hold`)),
    enough: () => writeFileSync(join(home, `${name}.enough`), ''),
  };
}

/** The rows of a run as its person has them. */
export async function readRows(who: Person, run: string): Promise<number[][]> {
  const { rows } = await who.ask(['metrics', run, '--source', 'training']);
  return (rows as { step: number; tens: number }[]).map(({ step, tens }) => [step, tens]);
}
