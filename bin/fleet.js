#!/usr/bin/env node
// Written for old versions of Node too, so that they get a sentence and not a syntax error.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const oldest = [20, 19];

function refuse(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = 1;
}

function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

const [first] = process.argv.slice(2);
if (isTooOld(process.versions.node)) {
  refuse(`node: expected version ${oldest.join('.')} or newer, got ${process.versions.node}`);
} else if (first === '--version' || first === 'version') {
  // Answered before anything is loaded.
  const { name, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  process.stdout.write(`${name} ${version}\n`);
} else if (!existsSync(`${root}dist/main.js`)) {
  refuse(`${root}dist: fleet has not been built\n  try: npm run build`);
} else {
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2), root);
}
