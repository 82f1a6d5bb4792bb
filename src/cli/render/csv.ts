/** RFC 4180 lines; what is not known is empty. */
export function renderCsv(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((cells) => cells.map(renderCell).join(','));
}

function renderCell(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
