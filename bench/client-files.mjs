// What a client of the loopback sshd needs to find its hosts, for fleet and for ssh.
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** `known_hosts`, `ssh_config` and `inventory.yaml`; `hosts` are addresses by name, `options` more lines for ssh. */
export function writeClientFiles({ folder, port, hostKey, hosts, options = [] }) {
  const at = (name) => join(folder, name);
  const user = userInfo().username;
  const named = Object.entries(hosts);
  writeLines(folder, {
    known_hosts: named.map(([, address]) => `[${address}]:${port} ${hostKey}`),
    ssh_config: [
      ...named.flatMap(([name, address]) => [`Host ${name}`, `HostName ${address}`]),
      'Host *',
      `Port ${port}`,
      `User ${user}`,
      `IdentityFile ${at('user-key')}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${at('known_hosts')}`,
      'GlobalKnownHostsFile /dev/null',
      'StrictHostKeyChecking yes',
      'BatchMode yes',
      'LogLevel ERROR',
      ...options,
    ],
    'inventory.yaml': [
      'hosts:',
      ...named.flatMap(([name, address]) => [
        `  ${name}:`,
        `    address: ${address}`,
        `    ssh: { user: ${user}, port: ${port}, key: ${at('user-key')}, known-hosts: ${at('known_hosts')}, agent: false }`,
      ]),
    ],
  });
}

/** `files` are lines by the name of the file. */
export function writeLines(folder, files) {
  for (const [name, lines] of Object.entries(files)) writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
}
