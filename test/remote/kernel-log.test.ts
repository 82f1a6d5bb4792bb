import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { askKernelLog } from '../../src/remote/kernel-log.ts';
import { openLocalHost, type LocalHost } from '../support/local-host.ts';
import { job, runJob } from './jobs.ts';
import { eachShell } from './shells.ts';

/** Puts a tool first on PATH that does this. */
function setTool(host: LocalHost, name: string, script: string): void {
  const bin = join(host.home, '../bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

const said = `[    0.500000] NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.
[99999999.123456] usb 1-1: new high-speed USB device
[99999999.223456] Out of memory: Killed process 4242 (python) total-vm:130GB
NVRM: Xid (PCI:0000:3b:00): 79, of an unknown time
[99999999.323456] NVRM: Xid (PCI:0000:af:00): 31, pid=4242, name=python`;
const ofTheJob = `[99999999.223456] Out of memory: Killed process 4242 (python) total-vm:130GB
[99999999.323456] NVRM: Xid (PCI:0000:af:00): 31, pid=4242, name=python`;

describe.concurrent('the kernel log', () => {
  eachShell((shell) => {
    test('gives what it says of killed processes and of GPUs since the job began', async (context) => {
      const host = openLocalHost(context, { shell });
      setTool(host, 'dmesg', `cat <<'end'\n${said}\nend`);
      await runJob(host, 'exec sleep 300');
      context.expect(await host.call(askKernelLog(host.run, job))).toBe(ofTheJob);
    });

    test('is asked of the journal where dmesg may not look', async (context) => {
      const host = openLocalHost(context, { shell });
      setTool(host, 'dmesg', 'echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; exit 1');
      setTool(host, 'journalctl', `cat <<'end'\n${said.replaceAll('] ', '] node1 kernel: ')}\nend`);
      await runJob(host, 'exec sleep 300');
      const expected = ofTheJob.replaceAll('] ', '] node1 kernel: ');
      context.expect(await host.call(askKernelLog(host.run, job))).toBe(expected);
    });

    test('is unknown, not empty, where nobody may look', async (context) => {
      const host = openLocalHost(context, { shell });
      setTool(host, 'dmesg', 'exit 1');
      setTool(host, 'journalctl', 'exit 0');
      context.expect(await host.call(askKernelLog(host.run, job))).toBeNull();
      setTool(host, 'dmesg', 'exit 0');
      context.expect(await host.call(askKernelLog(host.run, job))).toBe('');
    });
  });
});
