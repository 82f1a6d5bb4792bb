/**
 * A source may have several files, one after the other or side by side, and a row's key has no room for a path. So each file takes a range of generations: the
 * slot that was given to it when it was first read, and in it the number of times that the file was replaced. Slots are given in the order of reading, and
 * are stored with the offset of the file in the transaction that stores its rows: whoever goes on from there gives the same keys to the same rows.
 * A source of one file has slot 0.
 */
const replacements = 2 ** 20;

export function slotOf(generation: number): number {
  return Math.floor(generation / replacements);
}

export function firstGeneration(slot: number): number {
  return slot * replacements;
}
