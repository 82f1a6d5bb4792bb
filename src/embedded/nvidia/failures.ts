import type { ToolAnswer } from './answer.ts';

/** What the tool says, whatever it is asked, when it gets no answer from the driver; null when the fault is none of these. */
export function explainFailure(fault: string | undefined, driver: string): ToolAnswer | null {
  switch (fault) {
    case 'no-driver':
      return {
        text: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
        exitCode: 9,
      };
    case 'mismatch':
      return {
        text: `Failed to initialize NVML: Driver/library version mismatch\nNVML library version: ${driver.split('.').slice(0, 2).join('.')}\n`,
        exitCode: 18,
      };
    case 'no-devices':
      return { text: 'No devices were found\n', exitCode: 6 };
    default:
      return null;
  }
}
