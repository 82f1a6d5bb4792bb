import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installMachine } from './machine-setup.ts';
import type { InstalledMachine } from './machine-setup.ts';

const everything = 'rocm-smi --showproductname --showmeminfo vram --showuse --showtemp --showpower --showdriverversion';
const idleBanner = '\n\nWARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status\n\n';
let machine: InstalledMachine;

beforeAll(async () => {
  machine = await installMachine('rx5600xt');
});

describe('rocm-smi', () => {
  test('tells of the card in JSON, all of it text, with a warning in front', async () => {
    const { exitCode, stdout } = await machine.sh(`${everything} --json`);
    expect(exitCode).toBe(0);
    expect(stdout.slice(0, idleBanner.length)).toBe(idleBanner);
    expect(JSON.parse(stdout.slice(idleBanner.length))).toEqual({
      card0: {
        'Temperature (Sensor edge) (C)': '38.0',
        'Temperature (Sensor junction) (C)': '40.0',
        'Temperature (Sensor memory) (C)': '42.0',
        'Average Graphics Package Power (W)': '7.0',
        'GPU use (%)': '0',
        'GFX Activity': 'N/A',
        'VRAM Total Memory (B)': '6425673728',
        'VRAM Total Used Memory (B)': '10563584',
        'Card Series': 'AMD Radeon RX 5600 XT',
        'Card Model': '0x731f',
        'Card Vendor': 'Advanced Micro Devices, Inc. [AMD/ATI]',
        'Card SKU': 'D18206',
        'Subsystem ID': '0x1da2',
        'Device Rev': '0xca',
        'Node ID': '1',
        GUID: '26927',
        'GFX Version': 'gfx1010',
      },
      system: { 'Driver version': '6.8.5' },
    });
  });

  test('tells the same in CSV, without the comma of the vendor', async () => {
    const { stdout } = await machine.sh('rocm-smi --showmeminfo vram --showproductname --showdriverversion --csv');
    expect(stdout.slice(idleBanner.length)).toBe(
      'device,VRAM Total Memory (B),VRAM Total Used Memory (B),Card Series,Card Model,Card Vendor,Card SKU,Subsystem ID,Device Rev,Node ID,GUID,GFX Version\n' +
        'card0,6425673728,10563584,AMD Radeon RX 5600 XT,0x731f,Advanced Micro Devices Inc. [AMD/ATI],D18206,0x1da2,0xca,1,26927,gfx1010\n' +
        '\ndevice,Driver version\nsystem,6.8.5\n',
    );
  });

  test('tells the same in text, and has a table for no question', async () => {
    const { stdout } = await machine.sh(everything);
    expect(stdout).toContain('GPU[0]\t\t: GPU use (%): 0\n');
    expect(stdout).toContain('GPU[0]\t\t: Card Series: \t\tAMD Radeon RX 5600 XT\n');
    expect((await machine.sh('rocm-smi')).stdout).toMatch(/\n0 +1 +0x731f, +26927 +38\.0°C +7\.0W .* 150\.0W +0% +0%/);
  });

  test('shows who holds the card', async () => {
    const holder = spawn(join(machine.home, 'bin/hold-gpu'), ['0', '1024'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const { stdout } = await machine.sh('rocm-smi --showpids --showmeminfo vram --json');
    holder.kill('SIGKILL');
    expect(JSON.parse(stdout)).toEqual({
      card0: { 'VRAM Total Memory (B)': '6425673728', 'VRAM Total Used Memory (B)': '1084305408' },
      system: { [`PID${holder.pid}`]: 'hold-gpu, 1, 1073741824, 0, 0' },
    });
  });

  test('refuses what it does not know', async () => {
    for (const args of ['--sideways', '--showmeminfo all']) {
      expect(await machine.sh(`rocm-smi ${args}`)).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining('unrecognized arguments: ') as string,
      });
    }
  });
});

describe('rocminfo', () => {
  const gpuAgent = (text: string) => text.split(/\*{7}\s+Agent \d+\s+\*{7}/).at(-1) ?? '';

  test('tells of the chip', async () => {
    const { exitCode, stdout } = await machine.sh('rocminfo');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ROCk module is loaded\n/);
    expect(gpuAgent(stdout)).toMatch(/^\s+Name: +gfx1010 /);
    expect(gpuAgent(stdout)).toMatch(/Device Type: +GPU [^]*Chip ID: +29471\(0x731f\) [^]*Size: +6275072\(0x5fc000\) KB/);
  });

  test('with an override reports another architecture, and the same chip', async () => {
    const asked = { HSA_OVERRIDE_GFX_VERSION: '10.3.0' };
    for (const { stdout } of [
      await machine.sh('rocminfo', asked),
      await machine.sh('HSA_OVERRIDE_GFX_VERSION=10.3.0 rocminfo'),
    ]) {
      expect(gpuAgent(stdout)).toMatch(/^\s+Name: +gfx1030 [^]*Chip ID: +29471\(0x731f\) [^]*amdgcn-amd-amdhsa--gfx1030/);
    }
  });
});

test('PyTorch sees the card through HIP', async () => {
  const code =
    'import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available(), torch.cuda.get_device_name(0))';
  expect((await machine.sh(`python3 -c '${code}'`)).stdout).toBe('2.5.1+rocm6.2 None True AMD Radeon RX 5600 XT\n');
  expect((await machine.sh('nvidia-smi')).exitCode).toBe(127);
});

describe('PRETEND_ROCM', () => {
  test('permission: rocminfo may not open the device, rocm-smi answers', async () => {
    const variables = { PRETEND_ROCM: 'permission' };
    expect(await machine.sh('rocminfo', variables)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(
        /Unable to open \/dev\/kfd read-write: Permission denied\n.* is not member of "render" group/,
      ) as string,
    });
    expect((await machine.sh('rocm-smi --showuse --json', variables)).stdout).toContain('"GPU use (%)": "0"');
  });

  test('no-module: neither has a driver', async () => {
    const variables = { PRETEND_ROCM: 'no-module' };
    expect(await machine.sh('rocminfo', variables)).toMatchObject({
      exitCode: 1,
      stdout: 'ROCk module is NOT loaded, possibly no GPU devices\n',
    });
    expect(await machine.sh('rocm-smi --json', variables)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'ERROR:root:Driver not initialized (amdgpu not found in modules)\n',
    });
  });

  test('hang: no answer of either', async () => {
    for (const tool of ['rocm-smi', 'rocminfo']) {
      const answer = await machine.sh(`timeout -s KILL 1 ${tool}; echo $?`, { PRETEND_ROCM: 'hang' });
      expect(answer.stdout).toBe('137\n');
    }
  });

  test('with a word that it does not know is refused', async () => {
    const stderr = 'PRETEND_ROCM: unknown fault "hnag", expected one of hang, permission, no-module\n';
    expect(await machine.sh('rocm-smi', { PRETEND_ROCM: 'hnag' })).toEqual({ exitCode: 2, stdout: '', stderr });
  });
});
