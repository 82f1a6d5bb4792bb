// A folder for the time of a benchmark, with a home and a state folder for fleet.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** It goes with this process, and so does every server that `endWith` is given. */
export function openBenchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
  const at = (name) => join(folder, name);
  const servers = [];
  process.once('exit', () => {
    for (const server of servers) server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  mkdirSync(at('client'));
  const env = { ...process.env, HOME: at('client'), FLEET_STATE_DIR: at('state'), NO_COLOR: '1' };
  return { folder, at, env, endWith: (server) => servers.push(server) };
}
