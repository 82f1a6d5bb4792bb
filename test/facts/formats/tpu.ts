/** What tells of a TPU, in the form of each place; the slices in them are made up. */
export const tpuFormats = {
  metadata: `fleet-attribute tpu-env
ACCELERATOR_TYPE: 'v4-64'
CHIPS_PER_HOST_BOUNDS: '2,2,1'
HOST_BOUNDS: '1,2,4'
RUNTIME_VERSION: 'tpu-ubuntu2204-base'
TOPOLOGY: '2x4x4'
WORKER_ID: '3'
ZONE: 'us-central2-b'

fleet-attribute worker-network-endpoints
unknown:unknown:10.130.0.2,unknown:unknown:10.130.0.3
`,
  local:
    ['TPU_WORKER_ID', 'TPU_TOPOLOGY'].map((name) => `env ${name}=\n`).join('') +
    [0, 1, 2, 3].map((n) => `device=/dev/accel${n}\n`).join(''),
  boxes: `TPU Chips
┏━━━━━━━━━━━━━┳━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━┓
┃ Chip        ┃ Type        ┃ Devices ┃ PID  ┃
┡━━━━━━━━━━━━━╇━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━┩
│ /dev/accel0 │ TPU v4 chip │ 1       │ 4242 │
│ /dev/accel2 │ TPU v4 chip │ 1       │ None │
└─────────────┴─────────────┴─────────┴──────┘
TPU Runtime Utilization
┏━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┓
┃ Device ┃ HBM usage            ┃ Duty cycle ┃
┡━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━┩
│ 0      │ 2.10 GiB / 31.75 GiB │     50.00% │
│ 4      │ 0.00 GiB / 31.75 GiB │      0.00% │
└────────┴──────────────────────┴────────────┘
`,
  markdown: `TPU Chips

| Chip        | Type         | Devices | PID |
|-------------|--------------|---------|-----|
| /dev/vfio/0 | TPU v6e chip | 1       | 24  |
| /dev/vfio/1 | TPU v6e chip | 1       | 24  |

TPU Runtime Utilization

| Chip | HBM Usage (GiB)      | Duty cycle |
|------|----------------------|------------|
| 0    | 8.44 GiB / 31.25 GiB | 100.00%    |
| 1    | 8.44 GiB / 31.25 GiB | 100.00%    |

TensorCore Utilization

| Core ID | TensorCore Utilization |
|---------|------------------------|
| 0       | 8.71%                  |
`,
  idle: `TPU Chips
┏━━━━━━━━━━━━━┳━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━┓
┃ Chip        ┃ Type        ┃ Devices ┃ PID  ┃
┡━━━━━━━━━━━━━╇━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━┩
│ /dev/accel0 │ TPU v4 chip │ 1       │ None │
└─────────────┴─────────────┴─────────┴──────┘
╭──────────────── Runtime Utilization Status ────────────────╮
│ WARNING: Libtpu metrics unavailable. Is there a framework  │
│ using the TPU? See tpu_info docs for more information.     │
╰────────────────────────────────────────────────────────────╯
`,
};
