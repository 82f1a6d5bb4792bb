import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from '../../errors.ts';
import { endIfOld } from '../training/life.ts';
import type { Limits } from '../training/limits.ts';
import { readNumber, readWorker } from '../training/rank.ts';
import type { Variables } from '../training/rank.ts';
import type { Group, Standing } from '../training/run.ts';
import { addressInUse, portMissing, rankLost, unknownAddress } from './failure-texts.ts';
import { carryLines } from './line-socket.ts';
import type { LineSocket } from './line-socket.ts';

/** Where a rank stands among the workers of its run, and where they meet. */
export interface Meeting {
  rank: number;
  count: number;
  host: string;
  /** Null: there is nobody to meet. */
  port: number | null;
}

export interface Rendezvous extends Group {
  /** What was said last still arrives. */
  leave(): void;
}

export function readMeeting(variables: Variables): Meeting {
  const rank = readWorker(variables);
  const count = readNumber(variables, 'FLEET_WORKER_COUNT') ?? 1;
  const port = readNumber(variables, 'MASTER_PORT');
  if (count > 1 && port === null) throw portMissing();
  return { rank, count, host: variables['MASTER_ADDR'] ?? '127.0.0.1', port: count > 1 ? port : null };
}

/** Meets the other ranks at rank 0. Nobody is waited for here: the first `agree` does that. */
export async function meet({ rank, count, host, port }: Meeting, limits: Limits): Promise<Rendezvous> {
  if (port === null) return { agree: (own) => Promise.resolve(own), leave: () => undefined };
  return rank === 0 ? lead(count, port) : follow(rank, host, port, limits);
}

/** Asks every rank where it stands, and tells all of them what follows from it. */
async function lead(count: number, port: number): Promise<Rendezvous> {
  const others = new Map<number, LineSocket>();
  const meeting = new EventEmitter<{ full: []; lost: [] }>();
  const full = once(meeting, 'full');
  const lost = once(meeting, 'lost').then(() => null);
  const server = createServer((socket) => {
    const lines = carryLines(socket);
    void readRank(lines).then((rank) => {
      if (rank === null || others.has(rank)) {
        socket.destroy();
        return;
      }
      others.set(rank, lines);
      void lines.gone.then(() => meeting.emit('lost'));
      if (others.size === count - 1) meeting.emit('full');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(systemCode(error) === 'EADDRINUSE' ? addressInUse(port) : error));
    server.listen(port, '127.0.0.1', resolve);
  });
  const hear = async (own: Standing): Promise<Standing | null> => {
    await full;
    const heard = await Promise.all([...others.values()].map((other) => other.next()));
    const standings = heard.map(readStanding);
    if (standings.includes(null)) return null;
    return { step: own.step, stop: [own, ...standings].find((each) => each?.stop != null)?.stop ?? null };
  };
  return {
    async agree(own) {
      const agreed = await Promise.race([hear(own), lost]);
      if (agreed === null) throw rankLost(own.step);
      for (const other of others.values()) other.send(agreed);
      return agreed;
    },
    leave: () => {
      server.close();
      for (const other of others.values()) other.leave();
    },
  };
}

/** Null: it is nobody of ours. */
async function readRank(lines: LineSocket): Promise<number | null> {
  const hello = await lines.next();
  return typeof hello === 'object' && hello !== null && 'rank' in hello && typeof hello.rank === 'number' ? hello.rank : null;
}

async function follow(rank: number, host: string, port: number, limits: Limits): Promise<Rendezvous> {
  const lines = carryLines(await reach(host, port, limits));
  lines.send({ rank });
  return {
    async agree(own) {
      lines.send(own);
      const agreed = readStanding(await lines.next());
      if (agreed === null) throw rankLost(own.step);
      return agreed;
    },
    leave: () => lines.leave(),
  };
}

/** Rank 0 may come later: it is tried for as long as it takes. */
async function reach(host: string, port: number, limits: Limits): Promise<Socket> {
  for (;;) {
    const socket = connect({ host, port });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
      return socket;
    } catch (error) {
      if (systemCode(error) === 'ENOTFOUND') throw unknownAddress(host, port);
      await endIfOld(limits);
      await wait(100);
    }
  }
}

function readStanding(value: unknown): Standing | null {
  if (typeof value !== 'object' || value === null || !('step' in value) || !('stop' in value)) return null;
  const { step, stop } = value;
  return typeof step === 'number' && (stop === null || typeof stop === 'string') ? { step, stop } : null;
}
