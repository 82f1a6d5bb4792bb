const longestName = 128;

/** The candidate that `name` was most likely meant to be, or null when none is close. Case counts for little. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  let nearest: string | null = null;
  let smallest = Infinity;
  for (const candidate of candidates) {
    if (name.length > longestName || candidate.length > longestName) continue;
    const distance = measureDistance(name.toLowerCase(), candidate.toLowerCase());
    const longest = Math.max(name.length, candidate.length);
    if (distance > Math.ceil(longest / 3) || distance >= longest) continue;
    // People rarely get the first letter wrong, so of equally near names the one that shares it is meant.
    const doubt = distance + (name.charAt(0) === candidate.charAt(0) ? 0 : 0.5);
    if (doubt < smallest) {
      smallest = doubt;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Letters to insert, remove, replace or swap with their neighbour. */
function measureDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const replaced = cell(last, column - 1) + (same ? 0 : 1);
      const shorter = Math.min(cell(last, column) + 1, cell(current, column - 1) + 1, replaced);
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(swapped ? Math.min(shorter, cell(beforeLast, column - 2) + 1) : shorter);
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, right.length);
}

function cell(cells: number[], index: number): number {
  return cells[index] ?? Infinity;
}
