// Loaded into a fleet process by `--import`: ends it by KILL at one of the moments at which its death would matter. These are: before and
// after each commit of the store; before each piece of a question is sent; after the embedded host has heard it, when nobody hears the
// answer; before a piece of an answer is looked at.
//   FLEET_TEST_KILL_AT       at the moment of this number, from 1
//   FLEET_TEST_KILL_BEFORE   before a question with this text is sent
//   FLEET_TEST_KILL_AFTER    when the host has done what a question with this text asks for, and its answer is not yet looked at
//   FLEET_TEST_KILL_COUNT    never: how many moments there were is written to this file
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers';

const require = createRequire(import.meta.url);
const Database = require('better-sqlite3');
const { Channel } = require('ssh2/lib/Channel.js');

const {
  FLEET_TEST_KILL_AT: at,
  FLEET_TEST_KILL_BEFORE: before,
  FLEET_TEST_KILL_AFTER: after,
  FLEET_TEST_KILL_COUNT: countFile,
} = process.env;
/** Longer than the host needs for anything that is asked here. */
const hearMs = 3_000;
let count = 0;

function pass() {
  count += 1;
  if (count === Number(at)) end();
}

function end() {
  process.kill(process.pid, 'SIGKILL');
}

/** The processes of the host go on meanwhile. */
function standStill(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const { exec } = Database.prototype;
Database.prototype.exec = function (sql) {
  if (sql !== 'COMMIT') return exec.call(this, sql);
  pass();
  const answer = exec.call(this, sql);
  pass();
  return answer;
};

const { _write, push } = Channel.prototype;
Channel.prototype._write = function (data, ...others) {
  if (!this.server) {
    pass();
    if (before !== undefined && data.includes(before)) end();
  }
  return _write.call(this, data, ...others);
};
Channel.prototype.push = function (data, ...others) {
  if (data === null) return push.call(this, data, ...others);
  if (!this.server) pass();
  const answer = push.call(this, data, ...others);
  if (this.server) {
    setImmediate(() => {
      pass();
      if (after === undefined || !data.includes(after)) return;
      standStill(hearMs);
      end();
    });
  }
  return answer;
};

process.on('exit', () => {
  if (countFile !== undefined) writeFileSync(countFile, String(count));
});
