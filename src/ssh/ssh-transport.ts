import { systemClock, type Clock } from '../clock.ts';
import { nameAddress } from './address.ts';
import type { Environment } from './credentials.ts';
import { dial } from './dial.ts';
import { SshConnection } from './ssh-connection.ts';
import type { Connection, SshAddress, Transport } from './transport.ts';

interface SshTransportOptions {
  /** For SSH_AUTH_SOCK. */
  environment: Environment;
  clock?: Clock;
}

/** SSH over the network: one connection for each `user@host:port`, made when first needed and again after it broke. */
export function createSshTransport({ environment, clock = systemClock }: SshTransportOptions): Transport {
  return new SshTransport(environment, clock);
}

class SshTransport implements Transport {
  readonly #environment: Environment;
  readonly #clock: Clock;
  readonly #connections = new Map<string, SshConnection>();
  readonly #dials = new Map<string, Promise<SshConnection>>();
  readonly #closing = new AbortController();

  constructor(environment: Environment, clock: Clock) {
    this.#environment = environment;
    this.#clock = clock;
  }

  async connect(address: SshAddress): Promise<Connection> {
    const key = nameAddress(address);
    const connection = this.#connections.get(key);
    if (connection?.alive === true) return connection;
    const running = this.#dials.get(key);
    if (running !== undefined) return running;
    const started = this.#dial(key, address).finally(() => this.#dials.delete(key));
    this.#dials.set(key, started);
    return started;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#dials.values());
    const closed = [...this.#connections.values()].map((connection) => connection.finish());
    this.#connections.clear();
    await Promise.all(closed);
  }

  async #dial(key: string, address: SshAddress): Promise<SshConnection> {
    const dialIt = () => dial(address, this.#environment, this.#closing.signal);
    const connection = new SshConnection(await dialIt(), address, this.#clock, dialIt);
    this.#connections.set(key, connection);
    return connection;
  }
}
