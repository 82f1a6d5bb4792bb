import type { YamlPath } from '../../yaml.ts';
import type { FindSeries } from './build-criterion.ts';
import type { Reader } from '../reader.ts';

/** `source.column`, of a metric of this playbook. */
export function readSeries(
  reader: Reader,
  path: YamlPath,
  text: string,
  findSeries: FindSeries,
): { source: string; column: string } | null {
  const [source = '', column = '', ...rest] = text.split('.');
  if (source === '' || column === '' || rest.length > 0) {
    reader.report(path, `expected a series written source.column, got ${JSON.stringify(text)}`);
    return null;
  }
  findSeries(path, source, [column]);
  return { source, column };
}
