import type { Vendor } from '../facts/accelerators.ts';
import type { Drive } from './drive.ts';

/**
 * Lines for the shell that show the accelerators of the run's slot to what an author runs, and no others. Who asks for none, by an empty variable or -1,
 * still gets none. Nothing for a run that has the whole host.
 */
export function slotLines({ host: { slot, accelerators } }: Pick<Drive, 'host'>): string {
  if (slot === undefined) return '';
  const shown = accelerators === null ? '' : showOnly(accelerators.vendor, slot.indices);
  return `export FLEET_SLOT="${slot.name}"\n${shown}`;
}

function showOnly(vendor: Vendor, indices: readonly number[]): string {
  const list = indices.join(',');
  switch (vendor) {
    case 'nvidia':
      // CUDA counts the fastest card first, unless it is told to count as nvidia-smi does.
      return `${narrow('CUDA_VISIBLE_DEVICES', list)}export CUDA_DEVICE_ORDER="PCI_BUS_ID"\n`;
    case 'amd':
      // Not ROCR_VISIBLE_DEVICES as well: HIP would count again within what that leaves.
      return narrow('HIP_VISIBLE_DEVICES', list);
    case 'google':
      return `${narrow('TPU_VISIBLE_CHIPS', list)}${chipBounds(indices.length)}`;
  }
}

function narrow(name: string, list: string): string {
  return `case "\${${name}-all}" in '' | -1) ;; *) export ${name}="${list}" ;; esac\n`;
}

/** The TPU runtime wants the shape of what it sees; that of more than two chips is not told by their number. */
function chipBounds(count: number): string {
  if (count > 2) return '';
  const bounds = { TPU_CHIPS_PER_PROCESS_BOUNDS: `1,${count},1`, TPU_PROCESS_BOUNDS: '1,1,1' };
  return Object.entries(bounds)
    .map(([name, value]) => `export ${name}="\${${name}-${value}}"\n`)
    .join('');
}
