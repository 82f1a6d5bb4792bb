// Loaded into a fleet process by `--import`: counts the moments at which its death would matter, and ends it by KILL at the one that
// FLEET_TEST_KILL_AT names. Without that, the count is written to the file FLEET_TEST_KILL_COUNT at the end. Before and after each commit
// of the store; before each write to an SSH channel; after the embedded host has passed on what it was sent, and nobody hears the answer;
// before an answer is looked at.
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers';
import { appendFileSync, writeFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const Database = require('better-sqlite3');
const { Channel } = require('ssh2/lib/Channel.js');

const killAt = Number(process.env.FLEET_TEST_KILL_AT ?? 0);
const trace = process.env.FLEET_TEST_KILL_TRACE;
let count = 0;

function pass(what) {
  count += 1;
  if (trace !== undefined) appendFileSync(trace, `${count} ${what}\n`);
  if (count === killAt) process.kill(process.pid, 'SIGKILL');
}

const { exec } = Database.prototype;
Database.prototype.exec = function (sql) {
  if (sql !== 'COMMIT') return exec.call(this, sql);
  pass('before a commit');
  const answer = exec.call(this, sql);
  pass('after a commit');
  return answer;
};

const { _write, push } = Channel.prototype;
Channel.prototype._write = function (...args) {
  if (!this.server) pass('before a question');
  return _write.apply(this, args);
};
Channel.prototype.push = function (...args) {
  if (args[0] === null) return push.apply(this, args);
  if (!this.server) pass('before an answer');
  const answer = push.apply(this, args);
  if (this.server) setImmediate(() => pass('after the host has heard'));
  return answer;
};

process.on('exit', () => {
  const file = process.env.FLEET_TEST_KILL_COUNT;
  if (file !== undefined) writeFileSync(file, String(count));
});
