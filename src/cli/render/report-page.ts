import type { Report } from '../report/report.ts';
import { describeSections, type Section } from '../report/sections.ts';
import { escapeMarkup } from './markup.ts';
import { drawPlot } from './plot.ts';
import { describeState, hostsOf, workOf } from './run-words.ts';

/** One file that opens without a network: no script, no font, no picture from elsewhere. */
export function renderReportPage(report: Report): string[] {
  const { run } = report;
  const title = escapeMarkup(`${workOf(run)} on ${hostsOf(run)}: ${describeState(run).text}`);
  const sections = describeSections(report);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<h1>${title}</h1>`,
    `<nav>${sections.map(({ title: name }, index) => `<a href="#s${index}">${escapeMarkup(name)}</a>`).join(' ')}</nav>`,
    ...sections.flatMap((section, index) => [
      `<section id="s${index}">`,
      `<h2>${escapeMarkup(section.title)}</h2>`,
      ...renderSection(section),
      '</section>',
    ]),
    '</body>',
    '</html>',
  ];
}

function renderSection(section: Section): string[] {
  if (section.kind === 'plots') return section.plots.flatMap(drawPlot);
  const { columns, rows, word } = section;
  const named = columns.some((column) => column !== '');
  return [
    '<table>',
    ...(named
      ? [`<thead><tr>${columns.map((column) => `<th scope="col">${escapeMarkup(column)}</th>`).join('')}</tr></thead>`]
      : []),
    '<tbody>',
    ...rows.map(
      (row) =>
        `<tr>${row
          .map((cell, index) => `<td${index === word ? ` class="${colorOf(cell ?? '')}"` : ''}>${escapeMarkup(cell ?? '')}</td>`)
          .join('')}</tr>`,
    ),
    '</tbody>',
    '</table>',
  ];
}

const good = ['pass', 'met', 'yes', 'green', 'valid', 'complete'];
const bad = ['fail', 'error', 'violated', 'no', 'red', 'failed', 'invalid'];

function colorOf(word: string): 'good' | 'bad' | 'other' {
  if (good.includes(word)) return 'good';
  return bad.includes(word) ? 'bad' : 'other';
}

const style = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 72rem; }
nav { margin-bottom: 1.5rem; } nav a { margin-right: .8rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
.good { color: #1a7f37; } .bad { color: #cf222e; font-weight: 600; } .other { color: #9a6700; }
figure { margin: 1rem 0; } svg { width: 100%; height: auto; } svg text { fill: currentColor; font-size: 11px; }
`;
