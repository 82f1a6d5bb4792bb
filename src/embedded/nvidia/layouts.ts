/** How a range of drivers lays out its table: widths of the three columns, and what stands in their headings. */
export interface Layout {
  name: number;
  memory: number;
  load: number;
  /** The name of a card is cut to this, and padded to the room. */
  modelName: number;
  modelRoom: number;
  limitPower: number;
  totalMemory: number;
  toolVersion: number;
  driverVersion: number;
  /** Where the rule below the versions begins. */
  headRule: '|' | '+';
  headings: [string, string, string][];
  processHeadings: string[];
  /** Processes have columns for the instances of MIG. */
  processInstances: boolean;
}

const narrow: Layout = {
  name: 31,
  memory: 22,
  load: 22,
  modelName: 18,
  modelRoom: 20,
  limitPower: 3,
  totalMemory: 5,
  toolVersion: 13,
  driverVersion: 13,
  headRule: '|',
  headings: [
    [' GPU  Name        Persistence-M', ' Bus-Id        Disp.A ', ' Volatile Uncorr. ECC '],
    [' Fan  Temp  Perf  Pwr:Usage/Cap', '         Memory-Usage ', ' GPU-Util  Compute M. '],
    ['                               ', '                      ', '               MIG M. '],
  ],
  processHeadings: [
    ' Processes:',
    '  GPU   GI   CI        PID   Type   Process name                  GPU Memory ',
    '        ID   ID                                                   Usage      ',
  ],
  processInstances: true,
};

/** Before 450 there was no MIG to tell of. */
const oldest: Layout = {
  ...narrow,
  headings: narrow.headings.slice(0, 2),
  processHeadings: [
    ' Processes:                                                       GPU Memory ',
    '  GPU       PID   Type   Process name                             Usage      ',
  ],
  processInstances: false,
};

const middle: Layout = {
  ...narrow,
  name: 41,
  modelName: 31,
  modelRoom: 31,
  toolVersion: 23,
  ...layHeadings(''),
};

const wide: Layout = {
  ...middle,
  memory: 24,
  limitPower: 4,
  totalMemory: 6,
  driverVersion: 15,
  ...layHeadings('  '),
};

const newest: Layout = { ...wide, headRule: '+' };

export function chooseLayout(branch: number): Layout {
  if (branch < 450) return oldest;
  if (branch < 530) return narrow;
  if (branch < 545) return middle;
  return branch < 580 ? wide : newest;
}

/** `more` is how much wider the column of the memory is. */
function layHeadings(more: string): Pick<Layout, 'headings' | 'processHeadings'> {
  return {
    headings: [
      [' GPU  Name                 Persistence-M ', ` Bus-Id        ${more}Disp.A `, ' Volatile Uncorr. ECC '],
      [' Fan  Temp   Perf          Pwr:Usage/Cap ', `         ${more}Memory-Usage `, ' GPU-Util  Compute M. '],
      ['                                         ', `                      ${more}`, '               MIG M. '],
    ],
    processHeadings: [
      ' Processes:',
      `  GPU   GI   CI        PID   Type   Process name                            ${more}GPU Memory `,
      `        ID   ID                                                             ${more}Usage      `,
    ],
  };
}
