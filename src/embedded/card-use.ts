import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { readProcessStart } from './process-start.ts';

/** One process that pretends to hold memory on one card. */
export interface CardUse {
  pid: number;
  /** Ticks since boot; with the pid it tells whether the process still lives. */
  start: string;
  card: number;
  processName: string;
  memoryMiB: number;
  utilizationPercent: number;
}

/** Makes this process visible on a card, until it ends. Returns what takes it back at once. */
export function useCard(pretendDir: string, use: Omit<CardUse, 'pid' | 'start'>): () => void {
  const folder = folderOf(pretendDir);
  mkdirSync(folder, { recursive: true });
  removeStale(folder);
  const path = join(folder, `${process.pid}.json`);
  const record: CardUse = { ...use, pid: process.pid, start: readProcessStart(process.pid) ?? '' };
  writeFileSync(`${path}.tmp`, JSON.stringify(record));
  renameSync(`${path}.tmp`, path);
  return () => rmSync(path, { force: true });
}

/** What lives on the cards now. Processes that are gone do not count, however they went. */
export function listCardUses(pretendDir: string): CardUse[] {
  const folder = folderOf(pretendDir);
  return listRecords(folder)
    .flatMap((name) => readUse(join(folder, name)) ?? [])
    .filter(isAlive)
    .sort((one, other) => one.card - other.card || one.pid - other.pid);
}

function folderOf(pretendDir: string): string {
  return join(pretendDir, 'cards');
}

function removeStale(folder: string): void {
  for (const name of listRecords(folder)) {
    const use = readUse(join(folder, name));
    if (use !== null && !isAlive(use)) rmSync(join(folder, name), { force: true });
  }
}

function isAlive(use: CardUse): boolean {
  return readProcessStart(use.pid) === use.start;
}

function listRecords(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readUse(path: string): CardUse | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CardUse;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
