/** Neighbouring readings as one: where they lie, and between what. */
export interface Stretch {
  x: number;
  min: number;
  max: number;
}

const mostStretches = 600;

/** The shape of a series of any length, in bounded space: no spike is lost, since each stretch keeps its smallest and its largest reading. */
export interface Envelope {
  add(x: number, y: number): void;
  read(): Stretch[];
}

export function drawEnvelope(): Envelope {
  let stretches: Stretch[] = [];
  let size = 1;
  let open: (Stretch & { count: number }) | null = null;
  return {
    add(x, y) {
      open =
        open === null ? { x, min: y, max: y, count: 1 } : { ...join(open, { x: open.x, min: y, max: y }), count: open.count + 1 };
      if (open.count < size) return;
      stretches.push({ x: open.x, min: open.min, max: open.max });
      open = null;
      if (stretches.length < mostStretches) return;
      stretches = halve(stretches);
      size *= 2;
    },
    read: () => (open === null ? [...stretches] : [...stretches, { x: open.x, min: open.min, max: open.max }]),
  };
}

function halve(stretches: Stretch[]): Stretch[] {
  return stretches.flatMap((stretch, index) => {
    if (index % 2 === 1) return [];
    const next = stretches[index + 1];
    return [next === undefined ? stretch : join(stretch, next)];
  });
}

function join(first: Stretch, second: Stretch): Stretch {
  return { x: first.x, min: Math.min(first.min, second.min), max: Math.max(first.max, second.max) };
}
