import type { Host } from '../../inventory/host.ts';
import { listWorkers } from '../../inventory/workers.ts';
import type { HostDocument } from '../host-document.ts';
import type { Screen } from '../screen.ts';
import { formatMoney } from './quantities.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'HOST' },
  { title: 'GROUPS' },
  { title: 'ACCELERATORS' },
  { title: 'WORKERS', align: 'right' as const },
  { title: 'COST' },
  { title: 'REACHED AT' },
];

interface ListedHost {
  host: Host;
  document: HostDocument;
}

export function renderHosts(listed: readonly ListedHost[], screen: Screen): string[] {
  if (listed.length === 0) return ['the inventory describes no hosts'];
  const rows = listed.map(({ host, document }) => ({
    cells: [
      host.name,
      host.groups.join(', '),
      describeAccelerators(host),
      String(listWorkers(host.reach).length),
      host.cost === null ? '' : `${formatMoney(host.cost.perHour, host.cost.currency)}/h`,
      describeReach(host),
    ],
    notes: describeQuarantine(document),
  }));
  return renderTable(columns, rows, screen);
}

function describeQuarantine({ quarantine }: HostDocument): string[] {
  if (quarantine === null) return [];
  return [`in quarantine since ${quarantine.at}, by ${quarantine.by}: ${quarantine.reason}`];
}

function describeReach({ reach }: Host): string {
  switch (reach.kind) {
    case 'embedded':
      return `this computer, pretending to be ${reach.machine}`;
    case 'pending':
      return `address not known yet: ${reach.reason}`;
    case 'ssh': {
      const [first, ...others] = reach.workers;
      const port = reach.ssh.port === 22 ? '' : `:${reach.ssh.port}`;
      return `${reach.ssh.user}@${first?.address ?? '?'}${port}${others.length === 0 ? '' : ` and ${others.length} more`}`;
    }
  }
}

function describeAccelerators({ accelerators, slots }: Host): string {
  if (accelerators === null) return '';
  const { count, model, memory } = accelerators;
  const names = Object.keys(slots);
  const shared = names.length === 0 ? '' : `, slots ${names.join(', ')}`;
  return `${count} x ${model}${memory === null ? '' : ` ${memory.text}`}${shared}`;
}
