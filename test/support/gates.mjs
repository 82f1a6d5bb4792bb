// Loaded into a fleet process by `--import`: ends it by KILL at a gate, one of the moments after which something outside it is different. These are: before
// its first write to the store; when a commit of the store that changed something has landed; when a host has carried out a question, and the answer is there
// and not yet looked at. They are found as they are passed. A gate is named by what happened and counted by name, as "answer start#1".
//   FLEET_TEST_GATES         each gate that is passed is a line of this file
//   FLEET_TEST_KILL_AT       at this gate, or at the one that is passed as the so many-th
//   FLEET_TEST_KILL_BEFORE   before a question with this text is sent
//   FLEET_TEST_KILL_AFTER    at the answer of one
import { appendFileSync } from 'node:fs';
import { Duplex, Readable } from 'node:stream';
import Database from 'better-sqlite3';

const {
  FLEET_TEST_GATES: file,
  FLEET_TEST_KILL_AT: at,
  FLEET_TEST_KILL_BEFORE: before,
  FLEET_TEST_KILL_AFTER: after,
} = process.env;

const passed = new Map();
let all = 0;

function pass(name) {
  const count = (passed.get(name) ?? 0) + 1;
  passed.set(name, count);
  all += 1;
  const gate = `${name}#${count}`;
  if (file !== undefined) appendFileSync(file, `${gate}\n`);
  if (gate === at || String(all) === at) end();
}

function end() {
  process.kill(process.pid, 'SIGKILL');
}

/** What the transaction at work has changed. */
let changed = new Set();

const { exec, prepare } = Database.prototype;
Database.prototype.exec = function (sql) {
  const begins = sql === 'BEGIN IMMEDIATE';
  if (begins && all === 0) pass('begin');
  if (begins || sql === 'BEGIN DEFERRED') changed = new Set();
  else if (this.inTransaction && sql.includes('CREATE TABLE')) changed.add('schema');
  const answer = exec.call(this, sql);
  if (sql === 'COMMIT' && changed.size > 0) pass(`commit ${[...changed].join('+')}`);
  return answer;
};
Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  const [, table] = /^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/.exec(sql) ?? [];
  if (table === undefined) return statement;
  const { run } = statement;
  statement.run = function (...values) {
    const answer = run.apply(this, values);
    if (answer.changes > 0) changed.add(table);
    return answer;
  };
  return statement;
};

/** Questions by what their answers end with. */
const asked = new Map();
const rests = new WeakMap();

const isChannel = (stream) => stream.constructor.name === 'Channel' && !stream.server;

const { write } = Duplex.prototype;
Duplex.prototype.write = function (data, ...others) {
  if (isChannel(this)) {
    if (before !== undefined && data.includes(before)) end();
    for (const text of data.toString('latin1').split(/(?<= >&2\n)(?=\(eval )/)) remember(text);
  }
  return write.call(this, data, ...others);
};
const { push } = Readable.prototype;
Readable.prototype.push = function (data, ...others) {
  if (isChannel(this) && data !== null) {
    const text = (rests.get(this) ?? '') + data.toString('latin1');
    for (const [mark] of text.matchAll(/fleet-[0-9a-f]{32} \d+(?= \d+\n)/g)) answered(mark);
    rests.set(this, text.slice(text.lastIndexOf('\n') + 1));
  }
  return push.call(this, data, ...others);
};

function remember(text) {
  const [, mark, sequence] = /; printf '%s %s %s\\n' (fleet-[0-9a-f]{32}) (\d+) \$\?/.exec(text) ?? [];
  if (mark !== undefined) asked.set(`${mark} ${sequence}`, text);
}

function answered(mark) {
  const text = asked.get(mark);
  if (text === undefined) return;
  asked.delete(mark);
  pass(`answer ${nameQuestion(text)}`);
  if (after !== undefined && text.includes(after)) end();
}

/** By the function of the host script that its last line calls. */
function nameQuestion(text) {
  const body = text.slice(0, text.lastIndexOf(`') </dev/null; printf `));
  const lastLine = body.slice(body.lastIndexOf('\n') + 1);
  return text.includes('. "$FLEET_SCRIPT"') ? (/(?:^|\| )([a-z_]+)/.exec(lastLine)?.[1] ?? 'script') : 'question';
}
