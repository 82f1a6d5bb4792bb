import { execFileSync, spawnSync } from 'node:child_process';
import { holdNamespaces, type Holder } from './namespaces.ts';

/** A switch with cables to machines in namespaces, and one to the test's own machine. */
export interface Lan {
  /** The addresses of its machines, as known_hosts takes it. */
  readonly pattern: string;
  /** A place on the switch, with an address that belongs to it. */
  reserve(): Place;
  /** Takes an address from one machine and gives it to another, and lets the test's machine forget where it was. */
  moveAddress(address: string, from: Holder, to: Holder): void;
}

export interface Place {
  readonly address: string;
  /** Joins a machine to the switch. The cable goes when the machine does. */
  plug(machine: Holder): void;
  setLink(state: 'up' | 'down'): void;
  /** At most so fast in either direction, as tc writes it; null: as fast as it goes. */
  limitRate(machine: Holder, rate: string | null): void;
}

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

/** Kept by RFC 2544 for tests of networks: nothing else has these addresses. */
const block = '198.18';

/** The switch and its cables are gone after the test, also when the test's process is killed: the kernel takes them away with their holders. */
export async function openLan(test: TestEnd): Promise<Lan> {
  const hub = await holdNamespaces(['--net'], 'echo ready; exec sleep infinity');
  test.onTestFinished(() => hub.end());
  const { uplink, number } = joinHub(hub);
  hub.run('ip', 'link', 'add', 'lan', 'type', 'bridge');
  hub.run('ip', 'link', 'set', 'uplink', 'master', 'lan', 'up');
  hub.run('ip', 'link', 'set', 'lan', 'up');
  ip('addr', 'add', `${block}.${number}.254/24`, 'dev', uplink);
  ip('link', 'set', uplink, 'up');
  let places = 0;
  return {
    pattern: `${block}.${number}.*`,
    reserve: () => {
      places += 1;
      // A machine keeps its network card, also when it is turned off and on.
      const card = `02:00:00:00:00:${places.toString(16).padStart(2, '0')}`;
      return makePlace(hub, { port: `port${places}`, address: `${block}.${number}.${places}`, card });
    },
    moveAddress: (address, from, to) => {
      from.run('ip', 'addr', 'del', `${address}/24`, 'dev', 'eth0');
      to.run('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      ip('neigh', 'flush', 'dev', uplink);
    },
  };
}

/** A cable from here to the hub. Its name here holds the number of the network; the first number whose name nobody else has is ours. */
function joinHub(hub: Holder): { uplink: string; number: number } {
  for (let number = 0; number < 256; number++) {
    const uplink = `fleet-lan${number}`;
    const cable = ['link', 'add', uplink, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', String(hub.pid)];
    const { status, stderr } = spawnSync('ip', cable, { encoding: 'utf8' });
    if (status === 0) return { uplink, number };
    if (!stderr.includes('File exists')) throw new Error(`ip ${cable.join(' ')}: ${stderr}`);
  }
  throw new Error(`all networks of ${block}.0.0/16 are taken: "ip link" shows them as fleet-lan*`);
}

function makePlace(hub: Holder, names: { port: string; address: string; card: string }): Place {
  const { address, card } = names;
  let plugs = 0;
  let port = names.port;
  return {
    address,
    plug: (machine) => {
      // The kernel takes the last cable away in its own time.
      plugs += 1;
      port = `${names.port}-${plugs}`;
      const ends = { hub: String(hub.pid), machine: String(machine.pid) };
      ip('link', 'add', port, 'netns', ends.hub, 'type', 'veth', 'peer', 'name', 'eth0', 'address', card, 'netns', ends.machine);
      machine.run('ip', 'link', 'set', 'lo', 'up');
      machine.run('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      machine.run('ip', 'link', 'set', 'eth0', 'up');
      hub.run('ip', 'link', 'set', port, 'master', 'lan', 'up');
    },
    setLink: (state) => void hub.run('ip', 'link', 'set', port, state),
    limitRate: (machine, rate) => {
      const discipline = rate === null ? ['pfifo_fast'] : ['tbf', 'rate', rate, 'burst', '4k', 'latency', '400ms'];
      for (const [holder, end] of [
        [hub, port],
        [machine, 'eth0'],
      ] as const) {
        holder.run('tc', 'qdisc', 'replace', 'dev', end, 'root', ...discipline);
      }
    },
  };
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
