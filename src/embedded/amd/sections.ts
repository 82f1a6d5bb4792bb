import { describeUse } from './readings.ts';
import type { AmdReading } from './readings.ts';

/** What one option of rocm-smi shows: values of each card, or of the system, by the names that 6.x gives them. */
export interface Section {
  option: string;
  title: string;
  read: (reading: AmdReading) => [name: string, value: string][];
  /** In the text form a longer gap stands before the value. */
  spaced?: boolean;
}

const hex = (value: number) => `0x${value.toString(16)}`;

/** In the order in which the tool prints them. */
export const sections: Section[] = [
  {
    option: 'showid',
    title: 'ID',
    read: ({ model }) => [
      ['Device Name', model.name],
      ['Device ID', hex(model.chipId)],
      ['Device Rev', '0xca'],
      ['Subsystem ID', '0x1da2'],
      ['GUID', '26927'],
    ],
  },
  { option: 'showuniqueid', title: 'Unique ID', read: () => [['Unique ID', 'N/A']] },
  {
    option: 'showtemp',
    title: 'Temperature',
    read: ({ temperatureC }) => [
      ['Temperature (Sensor edge) (C)', temperatureC.toFixed(1)],
      ['Temperature (Sensor junction) (C)', (temperatureC + 2).toFixed(1)],
      ['Temperature (Sensor memory) (C)', (temperatureC + 4).toFixed(1)],
    ],
  },
  {
    option: 'showpower',
    title: 'Power Consumption',
    read: ({ powerWatts }) => [['Average Graphics Package Power (W)', powerWatts.toFixed(1)]],
  },
  {
    option: 'showuse',
    title: '% time GPU is busy',
    read: ({ utilizationPercent }) => [
      ['GPU use (%)', String(utilizationPercent)],
      ['GFX Activity', 'N/A'],
    ],
  },
  {
    option: 'showmemuse',
    title: 'Current Memory Use',
    read: (reading) => [
      ['GPU Memory Allocated (VRAM%)', String(shareOfMemory(reading))],
      ['GPU Memory Read/Write Activity (%)', '0'],
      ['Memory Activity', 'N/A'],
      ['Avg. Memory Bandwidth', '0'],
    ],
  },
  { option: 'showbus', title: 'PCI Bus ID', read: ({ busId }) => [['PCI Bus', busId]] },
  {
    option: 'showmeminfo',
    title: 'Memory Usage (Bytes)',
    read: ({ model, usedBytes }) => [
      ['VRAM Total Memory (B)', String(model.memoryMiB * 2 ** 20)],
      ['VRAM Total Used Memory (B)', String(usedBytes)],
    ],
  },
  {
    option: 'showproductname',
    title: 'Product Info',
    spaced: true,
    read: ({ model, index }) => [
      ['Card Series', model.name],
      ['Card Model', hex(model.chipId)],
      ['Card Vendor', 'Advanced Micro Devices, Inc. [AMD/ATI]'],
      ['Card SKU', 'D18206'],
      ['Subsystem ID', '0x1da2'],
      ['Device Rev', '0xca'],
      ['Node ID', String(index + 1)],
      ['GUID', '26927'],
      ['GFX Version', model.gfx],
    ],
  },
];

/** What is said of the whole machine and not of a card. */
export interface SystemSection {
  option: string;
  title: string;
  read: (driver: string, readings: AmdReading[]) => [name: string, value: string][];
}

export const systemSections: SystemSection[] = [
  { option: 'showdriverversion', title: 'Version of System Component', read: (driver) => [['Driver version', driver]] },
  {
    option: 'showpids',
    title: 'KFD Processes',
    read: (_driver, readings) =>
      readings.flatMap(({ uses }) => uses).map((use) => [`PID${use.pid}`, describeUse(use).join(', ')]),
  },
];

export function shareOfMemory({ usedBytes, model }: AmdReading): number {
  return Math.round((100 * usedBytes) / (model.memoryMiB * 2 ** 20));
}
