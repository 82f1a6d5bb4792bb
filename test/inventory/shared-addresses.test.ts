import { expect, it } from 'vitest';
import { readText, tellText } from './inventory-folder.ts';

const ssh = 'ssh: { user: me }';

it('warns of two hosts at one address and port', () => {
  const text = `hosts:\n  a: { address: box.lan, ${ssh} }\n  b: { workers: [other.lan, BOX.lan], ${ssh} }\n`;
  expect(tellText(text)).toEqual([
    'a.yaml:3:17: warning: hosts.b.workers: "b" is at box.lan, port 22, as "a" is: they look like two machines and are one (keep one of them; a run there makes the other one busy)',
  ]);
  expect(readText(text).hosts.map(({ name }) => name)).toEqual(['a', 'b']);
});

it('says nothing of two ports of one address, or of hosts without one', () => {
  const other = `b: { address: box.lan, ssh: { user: me, port: 2222 } }`;
  const unknown =
    'c: { address: { unknown: why } }\n  d: { address: { unknown: why } }\n  e: { embedded: a4000 }\n  f: { embedded: a4000 }';
  expect(tellText(`hosts:\n  a: { address: box.lan, ${ssh} }\n  ${other}\n  ${unknown}\n`)).toEqual([]);
});
