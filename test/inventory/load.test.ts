import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load.ts';
import { readText, setup, tellText } from './inventory-folder.ts';

describe('a host', () => {
  it('that gives its address alone has the habits of ssh', () => {
    const { home, read } = setup({ 'a.yaml': 'hosts:\n  prime1: { address: 192.0.2.7 }\n' });
    mkdirSync(join(home, '.ssh'));
    writeFileSync(join(home, '.ssh', 'id_rsa'), '');
    writeFileSync(join(home, '.ssh', 'id_ed25519'), '');
    expect(read().hosts).toEqual([
      {
        name: 'prime1',
        groups: [],
        description: null,
        reach: {
          kind: 'ssh',
          workers: [{ index: 0, address: '192.0.2.7' }],
          ssh: {
            user: userInfo().username,
            port: 22,
            keys: [join(home, '.ssh', 'id_ed25519'), join(home, '.ssh', 'id_rsa')],
            agent: true,
            hostKeys: 'strict',
            knownHosts: join(home, '.ssh', 'known_hosts'),
            connectTimeoutSeconds: 10,
            keepaliveSeconds: 15,
          },
        },
        accelerators: null,
        slots: {},
        cost: null,
        remoteDir: null,
        keepRunsSeconds: 30 * 86_400,
        setup: '',
        params: {},
      },
    ]);
  });

  it('that says everything keeps it, with paths made absolute', () => {
    const { home, folder, read } = setup({
      'a.yaml': [
        'hosts:',
        '  prime1:',
        '    description: Rented box',
        '    address: gpu.example.com',
        '    ssh:',
        '      user: ubuntu',
        '      port: 2222',
        '      keys: [~/.ssh/primeintellect_ed25519, ../keys/other, /etc/key]',
        '      agent: false',
        '      host-keys: accept-new',
        '      known-hosts: ~/hosts',
        '      connect-timeout: 3s',
        '      keepalive: 1m',
        '    accelerators: { vendor: nvidia, model: A100, count: 2, memory: 80GB }',
        '    cost: { per-hour: 2.6, currency: USD }',
        '    remote-dir: ~/fleet',
        '    keep-runs: 14d',
        '    setup: ["export PATH=/opt/bin:$PATH", ". venv/bin/activate"]',
        '    params: { commit: abc, steps: 10, fast: true }',
      ].join('\n'),
    });
    expect(read().hosts[0]).toEqual({
      name: 'prime1',
      groups: [],
      description: 'Rented box',
      reach: {
        kind: 'ssh',
        workers: [{ index: 0, address: 'gpu.example.com' }],
        ssh: {
          user: 'ubuntu',
          port: 2222,
          keys: [join(home, '.ssh/primeintellect_ed25519'), join(folder, '../keys/other'), '/etc/key'],
          agent: false,
          hostKeys: 'accept-new',
          knownHosts: join(home, 'hosts'),
          connectTimeoutSeconds: 3,
          keepaliveSeconds: 60,
        },
      },
      accelerators: { vendor: 'nvidia', model: 'A100', count: 2, memory: { bytes: 80e9, text: '80GB' } },
      cost: { perHour: 2.6, currency: 'USD' },
      remoteDir: '~/fleet',
      slots: {},
      keepRunsSeconds: 14 * 86_400,
      setup: 'export PATH=/opt/bin:$PATH\n. venv/bin/activate',
      params: { commit: 'abc', steps: 10, fast: true },
    });
  });

  it.each([
    ['address: { unknown: not rented yet }', { kind: 'pending', reason: 'not rented yet', workerCount: 1 }],
    ['workers: { unknown: not created yet, count: 8 }', { kind: 'pending', reason: 'not created yet', workerCount: 8 }],
    ['embedded: a100x2', { kind: 'embedded', machine: 'a100x2', workers: 1 }],
    ['embedded: tpu-v4-64\n    workers: 8', { kind: 'embedded', machine: 'tpu-v4-64', workers: 8 }],
  ])('may have no address of its own: %s', (line, reach) => {
    expect(readText(`hosts:\n  a:\n    ${line}\n`).hosts[0]?.reach).toEqual(reach);
  });

  it.each([
    ['', 30 * 86_400],
    ['keep-runs: 12h', 12 * 3_600],
    ['keep-runs: forever', null],
  ])('keeps the folders of ended runs for as long as it says, else thirty days: %s', (line, seconds) => {
    expect(readText(`hosts:\n  a:\n    address: b\n    ${line}\n`).hosts[0]?.keepRunsSeconds).toBe(seconds);
  });

  it.each(['10.164.0.[1-3]', '[10.164.0.1, "10.164.0.[2-3]"]', '[10.164.0.1, 10.164.0.2, 10.164.0.3]'])(
    'of several workers is a slice: %s',
    (workers) => {
      const reach = readText(`hosts:\n  tpu1:\n    workers: ${workers}\n`).hosts[0]?.reach;
      expect(reach?.kind === 'ssh' && reach.workers).toEqual([
        { index: 0, address: '10.164.0.1' },
        { index: 1, address: '10.164.0.2' },
        { index: 2, address: '10.164.0.3' },
      ]);
    },
  );

  it('key without HOME is found in the home folder of the user', () => {
    const { folder } = setup({ 'a.yaml': 'hosts:\n  a: { address: b, ssh: { key: ~/k } }\n' });
    const reach = loadInventory({ paths: [folder], environment: {} }).inventory?.hosts[0]?.reach;
    expect(reach?.kind === 'ssh' && reach.ssh.keys).toEqual([join(homedir(), 'k')]);
  });

  it('may be reached by IPv6', () => {
    const reach = readText('hosts:\n  a: { address: "2001:db8::1" }\n').hosts[0]?.reach;
    expect(reach?.kind === 'ssh' && reach.workers[0]?.address).toBe('2001:db8::1');
  });
});

describe('a range of hosts', () => {
  it('has one address each, in order', () => {
    const { hosts } = readText('hosts:\n  "node[01-03]": { address: "10.0.0.[11-13]" }\n');
    expect(hosts.map(({ name, reach }) => [name, reach.kind === 'ssh' && reach.workers])).toEqual([
      ['node01', [{ index: 0, address: '10.0.0.11' }]],
      ['node02', [{ index: 0, address: '10.0.0.12' }]],
      ['node03', [{ index: 0, address: '10.0.0.13' }]],
    ]);
  });

  it.each([
    [
      '"node[1-3]": { address: "10.0.0.[1-2]" }',
      ['a.yaml:2:27: hosts."node[1-3]".address: expected 3 addresses for 3 hosts, got 2 in "10.0.0.[1-2]"'],
    ],
    [
      'tpu1: { address: "10.0.0.[1-8]" }',
      [
        'a.yaml:2:20: hosts.tpu1.address: expected 1 address for one host, got 8 in "10.0.0.[1-8]" (the machines of one slice go to "workers")',
      ],
    ],
    [
      '"tpu[1-2]": { workers: [a, b] }',
      ['a.yaml:2:26: hosts."tpu[1-2]".workers: "tpu[1-2]" stands for 2 hosts: describe each slice by itself'],
    ],
    [
      '"node[1-1000000]": { address: a }',
      ['a.yaml:2:3: hosts."node[1-1000000]": "node[1-1000000]" has a range of 1000000 numbers: at most 1024 are allowed'],
    ],
  ])('%s', (line, told) => {
    expect(tellText(`hosts:\n  ${line}\n`)).toEqual(told);
  });

  it('4096 hosts in all are allowed, and one more is refused', () => {
    const blocks = ['a', 'b', 'c', 'd'].map((letter) => `  "${letter}[1-1024]": { address: "${letter}[1-1024]" }\n`).join('');
    expect(readText(`hosts:\n${blocks}`).hosts).toHaveLength(4096);
    expect(tellText(`hosts:\n${blocks}  e: { address: e }\n`)).toEqual([
      'a.yaml:6:3: hosts.e: more than 4096 hosts in all, with the 1 of this key',
    ]);
  });
});

describe('what is wrong is told at its place', () => {
  it.each([
    [
      '{}',
      [
        'a.yaml:2:3: hosts.a: missing, expected one of "address", "workers" or "embedded" (if it is not known yet: address: { unknown: "why" })',
      ],
    ],
    [
      '{ address: b, embedded: c }',
      ['a.yaml:2:30: hosts.a.embedded: expected one of "address", "workers" or "embedded", got "address" and "embedded"'],
    ],
    [
      '{ embedded: c, ssh: { user: x } }',
      ['a.yaml:2:26: hosts.a.ssh: an embedded host has no SSH settings: fleet makes its own'],
    ],
    ['{ adress: b }', ['a.yaml:2:8: hosts.a.adress: unknown key "adress" (did you mean "address"?)']],
    ['{ address: 5 }', ['a.yaml:2:17: hosts.a.address: expected text or a mapping, got 5']],
    [
      '{ address: root@b }',
      ['a.yaml:2:17: hosts.a.address: expected an address alone, got "root@b": the user goes to "ssh: { user: … }"'],
    ],
    [
      '{ address: "b:22" }',
      ['a.yaml:2:17: hosts.a.address: expected an address alone, got "b:22": the port goes to "ssh: { port: … }"'],
    ],
    ['{ address: "[::1]" }', ['a.yaml:2:17: hosts.a.address: expected an IPv6 address without brackets, got "[::1]"']],
    ['{ address: 10.0.0.256 }', ['a.yaml:2:17: hosts.a.address: expected a name or an IP address, got "10.0.0.256"']],
    [
      '{ address: "-oProxyCommand=x" }',
      ['a.yaml:2:17: hosts.a.address: expected a name or an IP address, got "-oProxyCommand=x"'],
    ],
    ['{ address: { unknwn: x } }', ['a.yaml:2:19: hosts.a.address.unknwn: unknown key "unknwn" (did you mean "unknown"?)']],
    ['{ address: { unknown: } }', ['a.yaml:2:28: hosts.a.address.unknown: expected text, got nothing']],
    ['{ workers: [b, b] }', ['a.yaml:2:17: hosts.a.workers: "b" is named twice']],
    [
      '{ workers: 8 }',
      [
        'a.yaml:2:17: hosts.a.workers: expected the addresses of the workers, got 8: a number alone goes with "embedded" (if they are not known yet: workers: { unknown: "why", count: N })',
      ],
    ],
    [
      '{ embedded: tpu-v4-64, workers: [b, c] }',
      ['a.yaml:2:18: hosts.a.embedded: expected one of "address", "workers" or "embedded", got "workers" and "embedded"'],
    ],
    ['{ embedded: tpu-v4-64, workers: 0 }', ['a.yaml:2:38: hosts.a.workers: expected at least 1, got 0']],
    ['{ workers: [] }', ['a.yaml:2:17: hosts.a.workers: expected at least 1 entry, got an empty list']],
    ['{ workers: { unknown: x } }', ['a.yaml:2:8: hosts.a.workers.count: missing, expected a number']],
    ['{ address: b, ssh: { port: 70000 } }', ['a.yaml:2:33: hosts.a.ssh.port: expected at most 65535, got 70000']],
    ['{ address: b, ssh: { port: "22" } }', ['a.yaml:2:33: hosts.a.ssh.port: expected a number, got "22"']],
    ['{ address: b, ssh: { key: k, keys: [k] } }', ['a.yaml:2:41: hosts.a.ssh.keys: expected "key" or "keys", got both']],
    [
      '{ address: b, ssh: { key: ~root/k } }',
      ['a.yaml:2:32: hosts.a.ssh.key: expected a path such as "~/.ssh/id_ed25519": "~name" is not understood'],
    ],
    [
      '{ address: b, ssh: { connect-timeout: 10 } }',
      ['a.yaml:2:44: hosts.a.ssh.connect-timeout: expected a duration such as "10s", got 10'],
    ],
    ['{ address: b, ssh: { keepalive: 0s } }', ['a.yaml:2:38: hosts.a.ssh.keepalive: expected between 1s and 1h, got "0s"']],
    [
      '{ address: b, ssh: { host-keys: off } }',
      ['a.yaml:2:38: hosts.a.ssh.host-keys: expected "strict" or "accept-new", got "off"'],
    ],
    [
      '{ address: b, accelerators: { vendor: nvida, model: A100, count: 2 } }',
      ['a.yaml:2:44: hosts.a.accelerators.vendor: expected "nvidia", "amd" or "google", got "nvida" (did you mean "nvidia"?)'],
    ],
    [
      '{ address: b, accelerators: { vendor: amd, model: x, count: 1, memory: 80 } }',
      ['a.yaml:2:77: hosts.a.accelerators.memory: expected a size such as "80GB", got 80'],
    ],
    [
      '{ address: b, cost: { per-hour: -1, currency: USD } }',
      ['a.yaml:2:38: hosts.a.cost.per-hour: expected at least 0, got -1'],
    ],
    [
      '{ address: b, cost: { per-hour: 1, currency: dollars } }',
      ['a.yaml:2:51: hosts.a.cost.currency: expected three capital letters such as "USD"'],
    ],
    ['{ address: b, keep-runs: 0s }', ['a.yaml:2:31: hosts.a.keep-runs: expected between 1s and 3650d, got "0s"']],
    ['{ address: b, remote-dir: runs }', ['a.yaml:2:32: hosts.a.remote-dir: expected a folder that begins with "/" or "~/"']],
    ['{ address: b, params: { a-b: 1 } }', ['a.yaml:2:30: hosts.a.params.a-b: expected a name of letters, digits and "_"']],
    [
      '{ address: b, params: { a: [1] } }',
      ['a.yaml:2:33: hosts.a.params.a: expected text, a number or true or false, got a list'],
    ],
    ['{ address: b, params: { a: .nan } }', ['a.yaml:2:33: hosts.a.params.a: expected text, a number or true or false, got NaN']],
  ])('%s', (line, told) => {
    expect(tellText(`hosts:\n  a: ${line}\n`)).toEqual(told);
  });

  it.each([
    [
      'hosts:\n  "a b": { address: b }\n',
      ['a.yaml:2:3: hosts."a b": expected a host name of at most 64 letters, digits, "-", "_" and ".", got "a b"'],
    ],
    [
      'hosts:\n  "@a": { address: b }\n',
      ['a.yaml:2:3: hosts."@a": expected a host name of at most 64 letters, digits, "-", "_" and ".", got "@a"'],
    ],
    ['host:\n  a: { address: b }\n', ['a.yaml:1:1: host: unknown key "host" (did you mean "hosts"?)']],
    ['hosts: [a, b]\n', ['a.yaml:1:8: hosts: expected a mapping, got a list']],
    ['prime1\n', ['a.yaml:1:1: expected a mapping, got "prime1"']],
    ['', ['a.yaml: the file is empty']],
    ['hosts:\n\ta: 1\n', ['a.yaml:2:1: a tab is not allowed as indentation: use blanks']],
  ])('%j', (text, told) => {
    expect(tellText(text)).toEqual(told);
  });

  it('all problems of all files come at once', () => {
    const { tell } = setup({
      'a.yaml': 'hosts:\n  a: { address: b, prot: 1 }\n  b: {}\n',
      'b.yaml': 'hosts:\n  c: { address: d, ssh: { port: x } }\n  c: { address: e }\n',
      'c.yaml': 'hosts: [\n',
      'd.yaml': 'groups:\n  g: { members: [z] }\nhosts:\n  b: { address: f }\n',
    });
    expect(tell()).toEqual([
      'a.yaml:2:20: hosts.a.prot: unknown key "prot", expected description, address, workers, embedded, slots, ssh, accelerators, cost, remote-dir, keep-runs, setup or params',
      'a.yaml:3:3: hosts.b: missing, expected one of "address", "workers" or "embedded" (if it is not known yet: address: { unknown: "why" })',
      'b.yaml:3:3: duplicate key "c"',
      'c.yaml:2:1: not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
      'd.yaml:4:3: hosts.b: duplicate host "b", described before at a.yaml:3:3',
    ]);
  });
});

describe('duplicate hosts', () => {
  it('are told in one file, with overlapping ranges as one problem', () => {
    expect(tellText('hosts:\n  "node[01-08]": { address: "a[01-08]" }\n  "node[05-12]": { address: "b[05-12]" }\n')).toEqual([
      'a.yaml:3:3: hosts."node[05-12]": duplicate hosts "node05", "node06", "node07" and 1 more, described before at a.yaml:2:3',
    ]);
  });

  it('are told across files', () => {
    const { tell } = setup({ 'a.yaml': 'hosts:\n  x: { address: a }\n', 'b.yml': 'hosts:\n  x: { address: b }\n' });
    expect(tell()).toEqual(['b.yml:2:3: hosts.x: duplicate host "x", described before at a.yaml:2:3']);
  });

  it('one file given twice, by whatever name, is read once', () => {
    const { folder, load } = setup({ 'a.yaml': 'hosts:\n  x: { address: a }\n' });
    symlinkSync(join(folder, 'a.yaml'), join(folder, 'b.yaml'));
    expect(load([folder, join(folder, 'a.yaml')]).inventory?.hosts).toHaveLength(1);
  });
});

describe('where inventories are', () => {
  const one = (name: string) => `hosts:\n  ${name}: { address: a }\n`;

  it('every yaml and yml file of a folder is read in the order of its name; others are not', () => {
    const { read, folder } = setup({ 'b.yml': one('b'), 'a.yaml': one('a'), '.hidden.yaml': 'x', 'notes.txt': 'x' });
    mkdirSync(join(folder, 'sub.yaml'));
    expect(read().hosts.map((host) => host.name)).toEqual(['a', 'b']);
  });

  it('FLEET_INVENTORIES names them, separated by colons, and --inventory goes before it', () => {
    const { folder, environment } = setup({ 'a/x.yaml': one('a'), 'b/x.yaml': one('b'), 'c/x.yaml': one('c') });
    const withVariable = { ...environment, FLEET_INVENTORIES: `${folder}/a:${folder}/b/x.yaml` };
    const names = (paths: string[]) =>
      loadInventory({ paths, environment: withVariable }).inventory?.hosts.map((host) => host.name);
    expect(names([])).toEqual(['a', 'b']);
    expect(names([join(folder, 'c')])).toEqual(['c']);
  });

  it('without either it is the folder inventories, and its absence is told with what to do', () => {
    const { root, environment } = setup({ 'a.yaml': one('a') });
    const before = process.cwd();
    try {
      process.chdir(root);
      expect(loadInventory({ environment }).inventory?.hosts.map((host) => host.name)).toEqual(['a']);
      process.chdir(join(root, 'home'));
      expect(loadInventory({ environment }).problems).toEqual([
        {
          file: 'inventories',
          line: null,
          column: null,
          path: '',
          message: 'no such file or folder',
          suggestion: 'give --inventory PATH, or set FLEET_INVENTORIES',
          severity: 'error',
        },
      ]);
    } finally {
      process.chdir(before);
    }
  });

  it('a file that is not there, an empty folder and a file of 50 MB are told together', () => {
    const { root, folder, tell } = setup({ 'big.yaml': '' });
    truncateSync(join(folder, 'big.yaml'), 50e6);
    mkdirSync(join(root, 'empty'));
    expect(tell([join(root, 'none.yaml'), join(root, 'empty'), folder])).toEqual([
      'none.yaml: no such file or folder',
      'empty: no inventory in this folder: expected a file such as "hosts.yaml"',
      'big.yaml: too large: expected at most 1048576 bytes (1 MiB), got 50000000 bytes',
    ]);
  });
});
