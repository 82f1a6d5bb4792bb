// Opens a network with one machine, tells of them, and stays until it is killed.
import { join } from 'node:path';
import { openLan } from '../../support/namespace-lan.ts';
import { bootMachine, installMachine } from '../../support/namespace-machine.ts';

const [folder = '', key = ''] = process.argv.slice(2);
const lan = await openLan({ onTestFinished: () => undefined });
installMachine(folder, { hostKey: key, mayEnter: `${key}.pub`, settings: [] });
const machine = await bootMachine('box', { folder, home: join(folder, 'home'), disk: null }, '');
lan.reserve().plug(machine);
process.stdout.write(`${JSON.stringify({ pattern: lan.pattern, pidSpace: machine.pidSpace })}\n`);
setInterval(() => undefined, 60_000);
