import { amdDetails, amdReadings } from './amd/script.ts';
import { busSection } from './machine/script.ts';
import { nvidiaDetails, nvidiaReadings } from './nvidia/script.ts';
import { sectionsTimeoutSeconds, writeSections, type Section } from './sections.ts';
import { tpuSections } from './tpu/script.ts';

/** Everything about the accelerators of every vendor, and who is on them. A tool that is not there costs nothing. */
export function accelerationSections(setup: string): Section[] {
  return [busSection, ...nvidiaReadings(setup), ...nvidiaDetails(setup), ...amdDetails(setup), ...tpuSections(setup)];
}

/** The accelerators alone. `setup` is sourced before each tool, for hosts whose tools are not on the plain PATH. Looks only. */
export function acceleratorsScript(setup: string): string {
  return writeSections(accelerationSections(setup));
}

export function acceleratorsTimeoutSeconds(setup: string): number {
  return sectionsTimeoutSeconds(accelerationSections(setup));
}

/** How the GPUs are doing right now, by as few calls as there are: asked again and again beside a job. */
export function samplingScript(setup: string): string {
  return writeSections([...nvidiaReadings(setup), ...amdReadings(setup)]);
}
