/** Quantiles of any number of values in a bounded number of bins. */
export interface Sketch {
  readonly count: number;
  add(value: number): void;
  /** The value of a rank, counted from 0. */
  valueAt(rank: number): number;
}

const accuracy = 0.001;
const gamma = (1 + accuracy) / (1 - accuracy);
const logGamma = Math.log(gamma);
const mostBins = 4096;
/** More than any bin of a double, so that what is above it is positive and what is below its negative is negative. */
const middle = 1_000_000;

/**
 * Bins that grow with the value, as in DDSketch (Masson, Rim and Lee, 2019): what is given differs from the value of that rank by at most a
 * thousandth of it. Where the values fill more bins than there are, each two become one and the error doubles; values within a factor of 3,600 of each other never
 * do. The bins depend on the values alone, not on their order.
 */
export function createSketch(): Sketch {
  let bins = new Map<number, number>();
  let ordered: number[] | null = null;
  let level = 0;
  let [count, min, max] = [0, Infinity, -Infinity];

  return {
    get count() {
      return count;
    },
    add(value) {
      count += 1;
      min = Math.min(min, value);
      max = Math.max(max, value);
      const bin = coarsen(binOf(value), level);
      const before = bins.get(bin);
      bins.set(bin, (before ?? 0) + 1);
      if (before !== undefined) return;
      ordered = null;
      while (bins.size > mostBins) halve();
    },
    valueAt(rank) {
      ordered ??= [...bins.keys()].sort((a, b) => a - b);
      let below = 0;
      for (const bin of ordered) {
        below += bins.get(bin) ?? 0;
        if (below > rank) return Math.min(max, Math.max(min, middleOf(bin, level)));
      }
      return max;
    },
  };

  function halve(): void {
    level += 1;
    const halved = new Map<number, number>();
    for (const [bin, inside] of bins) {
      const wider = coarsen(bin, 1);
      halved.set(wider, (halved.get(wider) ?? 0) + inside);
    }
    bins = halved;
  }
}

function binOf(value: number): number {
  if (value === 0) return 0;
  return Math.sign(value) * (middle + Math.ceil(Math.log(Math.abs(value)) / logGamma));
}

function coarsen(bin: number, levels: number): number {
  if (bin === 0 || levels === 0) return bin;
  return Math.sign(bin) * (middle + Math.ceil((Math.abs(bin) - middle) / 2 ** levels));
}

function middleOf(bin: number, level: number): number {
  if (bin === 0) return 0;
  const width = 2 ** level;
  const upper = Math.exp((Math.abs(bin) - middle) * width * logGamma);
  return (Math.sign(bin) * (2 * upper)) / (gamma ** width + 1);
}
