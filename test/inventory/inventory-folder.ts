import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { loadInventory } from '../../src/inventory/load.ts';
import { formatProblem } from '../../src/problem.ts';

/** A folder of inventory files with a home beside it, gone when the test is over. */
export function setup(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'fleet-inventory-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'inventories');
  const home = join(root, 'home');
  mkdirSync(folder);
  mkdirSync(home);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const environment = { HOME: home };
  const load = (paths: string[] = [folder]) => loadInventory({ paths, environment });
  return {
    root,
    folder,
    home,
    environment,
    load,
    read: (): Inventory => {
      const { inventory, problems } = load();
      if (inventory === null) throw new Error(problems.map(formatProblem).join('\n'));
      return inventory;
    },
    /** Problems as they are printed, without the folder. */
    tell: (paths?: string[]): string[] =>
      load(paths)
        .problems.map(formatProblem)
        .map((line) => line.replaceAll(`${folder}/`, '').replaceAll(`${root}/`, '')),
  };
}

export function readText(text: string): Inventory {
  return setup({ 'a.yaml': text }).read();
}

export function tellText(text: string): string[] {
  return setup({ 'a.yaml': text }).tell();
}
