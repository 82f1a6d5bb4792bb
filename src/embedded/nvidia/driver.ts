/** The newest CUDA that each branch of the driver brings. */
const branches: readonly [branch: number, cuda: string][] = [
  [580, '13.0'],
  [575, '12.9'],
  [570, '12.8'],
  [565, '12.7'],
  [560, '12.6'],
  [555, '12.5'],
  [550, '12.4'],
  [545, '12.3'],
  [535, '12.2'],
  [530, '12.1'],
  [525, '12.0'],
  [515, '11.7'],
  [510, '11.6'],
  [495, '11.5'],
  [470, '11.4'],
  [465, '11.3'],
  [460, '11.2'],
  [455, '11.1'],
  [450, '11.0'],
  [440, '10.2'],
  [0, '10.1'],
];

export function branchOf(driver: string): number {
  return Number.parseInt(driver, 10);
}

export function cudaVersionOf(driver: string): string {
  return branches.find(([branch]) => branchOf(driver) >= branch)?.[1] ?? 'N/A';
}
