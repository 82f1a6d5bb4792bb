export type Color = 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim';

/** What a renderer needs to know of the place where its lines will be read. */
export interface Screen {
  /** Columns, as they are now; null where lines may be of any length: a file, a pipe. */
  readonly width: number | null;
  paint(color: Color, text: string): string;
}

interface Terminal {
  isTTY?: boolean;
  columns?: number;
}

const codes: Record<Color, [on: number, off: number]> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
  bold: [1, 22],
  dim: [2, 22],
};

/** Colours only on a terminal that wants them: neither NO_COLOR nor `--no-color` nor TERM=dumb. */
export function screenOf(terminal: Terminal, environment: NodeJS.ProcessEnv, options: { color: boolean }): Screen {
  const colored =
    options.color && terminal.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  return {
    get width() {
      return terminal.isTTY === true ? terminal.columns || null : null;
    },
    paint: colored ? paintAnsi : (_color, text) => text,
  };
}

function paintAnsi(color: Color, text: string): string {
  const [on, off] = codes[color];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
}
