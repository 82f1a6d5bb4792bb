import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { startEmbeddedHost, type EmbeddedHost } from '../../src/embedded/embedded-host.ts';
import { openHostSession, type Silence } from '../../src/engine/host-session.ts';
import type { PlannedHost } from '../../src/engine/plan.ts';
import { openLogger } from '../../src/logger.ts';
import { sayHello } from '../../src/remote/hello.ts';
import { askIdentity } from '../../src/remote/identity.ts';
import { createScrubber } from '../../src/scrubber.ts';
import { createSshTransport } from '../../src/ssh/ssh-transport.ts';
import { findEmbeddedAssets } from '../support/embedded-assets.ts';
import { makeInstantClock } from '../support/instant-clock.ts';

const planned: PlannedHost = {
  name: 'box',
  reach: { kind: 'embedded', machine: 'a100x2' },
  accelerators: null,
  cost: null,
  remoteDir: null,
  setup: '',
};

async function openHost(test: TestContext, name: string): Promise<EmbeddedHost> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fleet-session-'));
  const host = await startEmbeddedHost({ name, machine: 'a100x2', dataDir, environment: {}, assetsDir: findEmbeddedAssets() });
  test.onTestFinished(async () => {
    await host.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return host;
}

/** Talks to `host` as a controller would, for a run on `machine`; `keyOf` is whose key it shows. */
async function talk(
  test: TestContext,
  { host, machine, keyOf = host, tries }: { host: EmbeddedHost; machine: string | null; keyOf?: EmbeddedHost; tries: number },
) {
  const transport = createSshTransport({ environment: {} });
  test.onTestFinished(() => transport.close());
  const clock = makeInstantClock();
  const away = new AbortController();
  const missed: { code: string; nextTryMs: number; message: string }[] = [];
  let reached = 0;
  const { port, user, knownHosts } = host;
  const keys = { keys: [keyOf.keyFile], agent: false, hostKeys: 'strict' as const, knownHosts };
  const session = openHostSession(
    {
      clock,
      logger: await openLogger({}),
      connect: () =>
        transport.connect({ host: '127.0.0.1', port, user, ...keys, connectTimeoutSeconds: 10, keepaliveSeconds: 15 }),
    },
    planned,
    { worker: 0, address: null },
    {
      run: 'run',
      scrubber: createScrubber([], []),
      contact: {
        reached: () => (reached += 1),
        missed: (error: Silence, nextTryMs) => {
          missed.push({ code: error.code, nextTryMs, message: error.message });
          if (missed.length === tries) away.abort(new Error('enough'));
        },
      },
      signal: away.signal,
      patienceMs: Number.POSITIVE_INFINITY,
      machine: () => machine,
    },
  );
  return { session, missed, reached: () => reached, clock };
}

describe('what a controller asks of a host', () => {
  it('is asked of the machine that the run is on', async (test) => {
    const host = await openHost(test, 'box');
    const first = await talk(test, { host, machine: null, tries: 1 });
    const incarnation = await first.session.call(askIdentity());
    const later = incarnation.replace(/ \d+$/, ' 1');
    const second = await talk(test, { host, machine: later, tries: 1 });
    expect((await second.session.call(sayHello())).incarnation).toBe(incarnation);
    expect(second.missed).toEqual([]);
  });

  it('is not asked of another one at its address, however often it answers: that is waited out like silence', async (test) => {
    const host = await openHost(test, 'box');
    const { session, missed, reached } = await talk(test, { host, machine: 'other-id other-name boot pid:[1] 7', tries: 12 });
    await expect(session.call(sayHello())).rejects.toThrow('enough');
    expect(reached()).toBe(0);
    expect(new Set(missed.map(({ code }) => code))).toEqual(new Set(['another-machine']));
    expect(missed[0]?.message).toMatch(/another machine answers: the run is on other-id other-name .*, this is /);
    const waits = missed.map(({ nextTryMs }) => nextTryMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(90_000);
    expect(Math.min(...waits.slice(-4))).toBeGreaterThanOrEqual(30_000);
  });

  it('is asked every five minutes and no more often where the login is refused, as fail2ban bans who tries five times in ten', async (test) => {
    const [host, other] = [await openHost(test, 'box'), await openHost(test, 'other')];
    const { session, missed } = await talk(test, { host, machine: null, keyOf: other, tries: 4 });
    await expect(session.call(sayHello())).rejects.toThrow('enough');
    expect(missed.map(({ code, nextTryMs }) => ({ code, nextTryMs }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 'authentication-failed', nextTryMs: 300_000 })),
    );
  });
});
