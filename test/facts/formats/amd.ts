/** Answers of AMD's tools in the form of each version; the devices in them are made up. */
export const amdFormats = {
  rocmSmi6: JSON.stringify(
    {
      card0: {
        'Device Name': 'Navi 10 [Radeon RX 5600 OEM/5600 XT / 5700/5700 XT]',
        'Device ID': '0x731f',
        'Device Rev': '0xca',
        GUID: '45873',
        'Unique ID': 'N/A',
        'Temperature (Sensor edge) (C)': '41.0',
        'Temperature (Sensor junction) (C)': '43.0',
        'Average Graphics Package Power (W)': '8.0',
        'GPU use (%)': '3',
        'GPU Memory Allocated (VRAM%)': '1',
        'PCI Bus': '0000:03:00.0',
        'VRAM Total Memory (B)': '6425673728',
        'VRAM Total Used Memory (B)': '17281024',
        'Card Series': 'Radeon RX 5600 XT',
        'Card Model': '0x731f',
        'Card Vendor': 'Advanced Micro Devices, Inc. [AMD/ATI]',
        'Node ID': '1',
        'GFX Version': 'gfx1010',
      },
      card1: {
        'Device ID': '0x1638',
        GUID: '27101',
        'GPU use (%)': 'N/A',
        'VRAM Total Memory (B)': '536870912',
        'VRAM Total Used Memory (B)': 'N/A',
        'Card Series': '0x1638',
        'Card Model': '0x1002',
        'Node ID': '2',
      },
      system: { 'Driver version': '6.7.0' },
    },
    null,
    4,
  ),
  rocmSmi5:
    '{"card0": {"GPU ID": "0x731f", "GPU use (%)": "99", "GPU memory use (%)": "80", "VRAM Total Memory (B)": "6425673728", ' +
    '"VRAM Total Used Memory (B)": "5000000000", "Card series": "Navi 10 [Radeon RX 5600 OEM/5600 XT / 5700/5700 XT]", ' +
    '"Card model": "0x5710", "Card vendor": "Advanced Micro Devices, Inc. [AMD/ATI]"}}',
  csv: `device,GPU use (%),VRAM Total Memory (B),VRAM Total Used Memory (B),Card Series,Card Model,Card Vendor,Node ID,GUID
card0,3,6425673728,17281024,Radeon RX 5600 XT,0x731f,Advanced Micro Devices Inc. [AMD/ATI],1,45873
`,
  text: `

======================= ROCm System Management Interface =======================
================================= % time GPU is busy ============================
GPU[0]\t\t: GPU use (%): 12
================================================================================
================================= Memory Usage (Bytes) =========================
GPU[0]\t\t: VRAM Total Memory (B): 6425673728
GPU[0]\t\t: VRAM Total Used Memory (B): 17281024
================================ Product Info ==================================
GPU[0]\t\t: Card series: \t\tRadeon RX 5600 XT
GPU[0]\t\t: Card vendor: \t\tAdvanced Micro Devices, Inc. [AMD/ATI]
============================= End of ROCm SMI Log ==============================
`,
  processes: `{"system": {"PID4242": "python3, 1, 2147483648, 0, 0", "PID4300": "python3, 1, 0, 0, unknown"}}
fleet-vram 4242 45873 2147000000
fleet-vram 4242 27101 0
fleet-holder 4242 mia python3 train.py --epochs 3 `,
  metric: {
    gpu: 0,
    usage: { gfx_activity: { value: 37, unit: '%' }, umc_activity: 'N/A' },
    power: { socket_power: { value: 120, unit: 'W' }, gfx_voltage: 'N/A' },
    temperature: { edge: 'N/A', hotspot: { value: 61, unit: 'C' }, mem: 'N/A' },
    mem_usage: { total_vram: { value: 16368, unit: 'MB' }, used_vram: { value: 14569, unit: 'MB' } },
  },
  staticData: {
    gpu: 0,
    asic: { market_name: 'AMD Radeon RX 7800 XT', device_id: '0x747e', target_graphics_version: 'gfx1101' },
    bus: { bdf: '0000:03:00.0' },
    vram: { type: 'GDDR6', size: { value: 16368, unit: 'MB' } },
    driver: { name: 'amdgpu', version: '6.10.5' },
  },
  list: { gpu: 0, bdf: '0000:03:00.0', uuid: '4dff747e-0000-1000-80ee-0f2b1c3d4e5f', node_id: 1 },
};

/** rocminfo of a machine with one GPU, as it reports itself. */
export function rocminfo(reported: string): string {
  return `HSA_OVERRIDE_GFX_VERSION=${reported === 'gfx1030' ? '10.3.0' : ''}
ROCk module version 6.7.0 is loaded
=====================
HSA System Attributes
=====================
Runtime Version:         1.14
==========
HSA Agents
==========
*******
Agent 1
*******
  Name:                    AMD Ryzen 5 3600 6-Core Processor
  Uuid:                    CPU-XX
  Marketing Name:          AMD Ryzen 5 3600 6-Core Processor
  Node:                    0
  Device Type:             CPU
  Chip ID:                 0(0x0)
  Pool Info:
    Pool 1
      Segment:                 GLOBAL; FLAGS: FINE GRAINED
      Size:                    32791080(0x1f45a28) KB
*******
Agent 2
*******
  Name:                    ${reported}
  Uuid:                    GPU-XX
  Marketing Name:          AMD Radeon RX 5600 XT
  Vendor Name:             AMD
  Node:                    1
  Device Type:             GPU
  Chip ID:                 29471(0x731f)
  BDFID:                   768
  Pool Info:
    Pool 1
      Segment:                 GLOBAL; FLAGS: COARSE GRAINED
      Size:                    6275072(0x5fc000) KB
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--${reported}
*** Done ***
`;
}
