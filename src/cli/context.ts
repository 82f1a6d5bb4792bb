import { systemClock, type Clock } from '../clock.ts';
import { usageError } from '../errors.ts';
import type { Host } from '../inventory/host.ts';
import { hostOf } from '../language/place.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { openLogger } from '../logger.ts';
import { FilesHaveErrors } from '../problem.ts';
import { hasDatabase, stateFolder } from '../store/state-folder.ts';
import type { NotifyParts } from '../engine/notifications/parts.ts';
import type { EngineParts } from '../engine/parts.ts';
import type { NotifySettings } from '../notify/settings.ts';
import type { Store } from '../store/store.ts';
import type { Workers } from './workers.ts';

export interface ContextOptions {
  environment: NodeJS.ProcessEnv;
  /** What `--inventory` said. */
  inventories: readonly string[];
}

/**
 * The one place where real parts are joined. A part is loaded when it is first asked for, so that a command that looks at the store alone
 * pays for nothing else. To be closed by whoever made it.
 */
export class Context {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock = systemClock;
  readonly stateDir: string;
  /** What `--inventory` said; empty for the usual places. */
  readonly inventories: readonly string[];
  #store: Store | null = null;
  #workers: Workers | null = null;

  constructor({ environment, inventories }: ContextOptions) {
    this.environment = environment;
    this.stateDir = stateFolder(environment);
    this.inventories = inventories;
  }

  /** Null when nothing has been stored yet: looking makes no folder. */
  async openStoreToLook(): Promise<Store | null> {
    if (this.#store?.isCopy === true) this.#closeStore();
    if (this.#store === null && !hasDatabase(this.stateDir)) return null;
    return this.#openStore({ create: false });
  }

  async openStore(): Promise<Store> {
    const store = await this.#openStore({ create: true });
    if (store === null) throw new Error(`${this.stateDir}: no store was made`);
    return store;
  }

  /** Every problem of every file at once, when there is an error among them. */
  async readInventory(): Promise<Inventory> {
    const { loadInventory } = await import('../inventory/load.ts');
    const { inventory, problems } = loadInventory({ paths: this.inventories, environment: this.environment });
    if (inventory === null) throw new FilesHaveErrors(problems);
    return inventory;
  }

  /** Hosts that a pattern names; without one, all of them. */
  async selectHosts(pattern: string | undefined): Promise<Host[]> {
    if (pattern === undefined) return (await this.readInventory()).hosts;
    const places = await this.selectPlaces(pattern);
    const slotted = places.find(({ slot }) => slot !== undefined);
    if (slotted === undefined) return places;
    throw usageError('slot-of-host', `"${slotted.name}" is a slot, and this is of whole hosts`, [hostOf(slotted.name)]);
  }

  /** The same, and slots of hosts: where runs go. */
  async selectPlaces(pattern: string): Promise<Host[]> {
    const { selectHosts } = await import('../inventory/select.ts');
    return selectHosts(await this.readInventory(), pattern);
  }

  /** How hosts are reached. */
  async reachWorkers(): Promise<Workers> {
    const { reachWorkers } = await import('./workers.ts');
    return (this.#workers ??= reachWorkers(this.environment, this.inventories));
  }

  /** What drives runs: the store, the clock, this process, and the hosts. */
  async engineParts(): Promise<EngineParts> {
    const [store, workers, logger, { readOwner }] = await Promise.all([
      this.openStore(),
      this.reachWorkers(),
      openLogger(this.environment),
      import('../store/owner.ts'),
    ]);
    const { clock, environment } = this;
    return { store, clock, logger, owner: readOwner(), connect: workers.connect, environment };
  }

  /** Who is to be told; null when this person has no settings. */
  async readNotifySettings(): Promise<NotifySettings | null> {
    const { findNotifyFile } = await import('../notify/notify-file.ts');
    const file = findNotifyFile(this.environment);
    if (file === null) return null;
    const { readNotifySettings } = await import('../notify/read-settings.ts');
    const { settings, problems } = readNotifySettings(file, this.environment);
    if (settings === null) throw new FilesHaveErrors(problems);
    return settings;
  }

  /** What tells people, without any way to a host. Null when nothing can be stored. */
  async notifyParts(): Promise<NotifyParts | null> {
    const { clock, environment } = this;
    const store = await this.openStoreToLook();
    if (store === null || store.isCopy) return null;
    const [logger, { readOwner }] = await Promise.all([openLogger(environment), import('../store/owner.ts')]);
    return { store, clock, logger, owner: readOwner(), environment };
  }

  /** Jobs on the hosts are not touched. */
  async close(): Promise<void> {
    await this.#workers?.close();
    this.#workers = null;
    this.#closeStore();
  }

  #closeStore(): void {
    this.#store?.close();
    this.#store = null;
  }

  async #openStore(options: { create: boolean }): Promise<Store | null> {
    const { openStore } = await import('../store/open-store.ts');
    this.#store ??= openStore(this.stateDir, options);
    return this.#store;
  }
}
