import { quote } from '../quoting.ts';
import { accelerationSections } from './accelerator-sections.ts';
import { clockSection } from './machine/clock.ts';
import { networkSections } from './machine/network.ts';
import { asOperand, diskSections, machineSection, toolSections } from './machine/script.ts';
import { sectionsTimeoutSeconds, writeSections, type Section } from './sections.ts';

export interface FactsQuestion {
  /** Shell lines of the host and the playbook, sourced before python and the vendors' tools are looked for. */
  setup: string;
  /** Relative to the home folder, or absolute. It need not exist yet. */
  workdir: string;
  /** Relative to the workdir, or absolute. They need not exist yet. */
  diskPaths: readonly string[];
  /** Programs that are looked for besides the usual ones. */
  tools: readonly string[];
  /** `host:port`: whether the host can connect to them. */
  endpoints: readonly string[];
}

/** Of a question that asks for nothing in particular. */
export const plainQuestion: FactsQuestion = { setup: '', workdir: '.', diskPaths: ['.'], tools: [], endpoints: [] };

/** What the whole question may take, for the caller's own limit. */
export function factsTimeoutSeconds(question: FactsQuestion): number {
  return sectionsTimeoutSeconds(factsSections(question));
}

/** Everything about a worker in one round trip. Looks only. */
export function factsScript(question: FactsQuestion): string {
  return writeSections(factsSections(question));
}

/** The parts of the question, in their order. */
export function factsSections({ setup, workdir, diskPaths, tools, endpoints }: FactsQuestion): Section[] {
  const enter = `if cd && cd ${quote(asOperand(workdir))}; then :; fi 2>/dev/null\n${setup}`;
  return [
    clockSection('clock-begin'),
    machineSection,
    ...toolSections(enter, tools),
    ...diskSections(workdir, diskPaths),
    ...accelerationSections(enter),
    ...networkSections(enter, endpoints),
    clockSection('clock-end'),
  ];
}
