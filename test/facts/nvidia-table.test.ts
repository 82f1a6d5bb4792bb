import { describe, expect, it } from 'vitest';
import { parseNvidiaTable } from '../../src/facts/nvidia-table.ts';

const old = `Fri Nov 27 10:00:00 2026
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 470.57.02    Driver Version: 470.57.02    CUDA Version: 11.4     |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |
|                               |                      |               MIG M. |
|===============================+======================+======================|
|   0  NVIDIA GeForce ...  Off  | 00000000:01:00.0  On |                  N/A |
| 30%   41C    P8    12W / 220W |    345MiB /  7982MiB |      3%      Default |
|                               |                      |                  N/A |
+-------------------------------+----------------------+----------------------+
|   1  Tesla T4            On   | 00000000:02:00.0 Off |                    0 |
| N/A   ERR!   P0   ERR! /  70W |      0MiB / 15109MiB |    ERR!      Default |
|                               |                      |                  N/A |
+-------------------------------+----------------------+----------------------+
`;

const middle = `+---------------------------------------------------------------------------------------+
| NVIDIA-SMI 535.183.01             Driver Version: 535.183.01   CUDA Version: 12.2     |
|-----------------------------------------+----------------------+----------------------+
|   0  NVIDIA A100-SXM4-80GB          On  | 00000000:07:00.0 Off |                   On |
| N/A   33C    P0              61W / 400W |   1234MiB / 81920MiB |     N/A      Default |
|                                         |                      |              Enabled |
+-----------------------------------------+----------------------+----------------------+
| MIG devices:                                                                          |
|  0    7   0   0  |              12MiB /  9728MiB  | 14      0 |  1   0    0    0    0 |
`;

const newest = `+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 590.44.01              KMD Version: 590.44.01     CUDA UMD Version: 13.1     |
+-----------------------------------------+------------------------+----------------------+
|   0  NVIDIA RTX A4000               On  |   00000000:01:00.0 Off |                  Off |
| 41%   33C    P8              7W /  140W |       1MiB /  16376MiB |      0%      Default |
|                                         |                        |                  N/A |
+-----------------------------------------+------------------------+----------------------+
`;

describe('the table of nvidia-smi', () => {
  it('of a driver up to 525 is read, with what it cuts told and what is in error unknown', () => {
    expect(parseNvidiaTable(old)).toMatchObject({
      driver: '470.57.02',
      runtime: '11.4',
      accelerators: [
        {
          ...{ index: 0, model: null, note: 'the tool cuts its name: "NVIDIA GeForce ..."', busId: '00000000:01:00.0' },
          ...{ memoryUsedBytes: 345 * 2 ** 20, memoryBytes: 7982 * 2 ** 20, utilization: 3, temperature: 41, power: 12 },
          ...{ healthy: true, sliced: false },
        },
        { index: 1, model: 'Tesla T4', utilization: null, temperature: null, power: null, healthy: false },
      ],
    });
  });

  it('of 530 to 535 is read, and slices of a device are no devices', () => {
    const { accelerators } = parseNvidiaTable(middle);
    expect(accelerators).toHaveLength(1);
    expect(accelerators[0]).toMatchObject({ model: 'NVIDIA A100-SXM4-80GB', sliced: true, utilization: null, power: 61 });
  });

  it('of the newest drivers is read, whose words are others', () => {
    expect(parseNvidiaTable(newest)).toMatchObject({
      driver: '590.44.01',
      runtime: '13.1',
      accelerators: [{ model: 'NVIDIA RTX A4000', memoryBytes: 16_376 * 2 ** 20, power: 7, driver: '590.44.01' }],
    });
  });

  it('with a complaint about a lost device in its middle still has the others', () => {
    const lost = 'Unable to determine the device handle for GPU0000:3B:00.0: Unknown Error';
    expect(parseNvidiaTable(newest.replace('+---', `${lost}\n+---`)).accelerators).toHaveLength(1);
  });
});
