import type { Plot } from '../report/read-plots.ts';
import type { Report } from '../report/report.ts';
import { describeSections, type Section } from '../report/sections.ts';
import { printable } from './printable.ts';
import { describeState, hostsOf, workOf } from './run-words.ts';

/** Markdown: what was expected beside what came, and what happened when. */
export function renderReport(report: Report): string[] {
  const { run } = report;
  return [
    `# ${escape(workOf(run))} on ${escape(hostsOf(run))}: ${describeState(run).text}`,
    ...describeSections(report).flatMap((section) => ['', `## ${escape(section.title)}`, '', ...renderSection(section)]),
  ];
}

function renderSection(section: Section): string[] {
  if (section.kind === 'plots') return section.plots.map(describePlot);
  const { columns, rows } = section;
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => row.map((cell) => escape(cell ?? '')))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`);
}

/** A line of Markdown has no picture: what each series lay between. */
function describePlot({ name, over, band, lines }: Plot): string {
  const parts = lines.map((line) => {
    const [low, high] = [Math.min(...line.stretches.map(({ min }) => min)), Math.max(...line.stretches.map(({ max }) => max))];
    const [first, last] = [line.stretches[0]?.x ?? 0, line.stretches.at(-1)?.x ?? 0];
    return `${line.name}: ${show(low)} to ${show(high)} over ${over} ${show(first)} to ${show(last)}`;
  });
  return `- ${escape(name)}${band === null ? '' : ` (usually ${escape(band.text)})`}: ${escape(parts.join('; '))}`;
}

function show(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Text from a host stays text: no table cell, tag or link of its own. */
function escape(text: string): string {
  return printable(text).replace(/[\\|`<>[\]*_]/g, '\\$&');
}
