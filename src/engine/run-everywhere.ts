import PQueue from 'p-queue';

/** Does `work` for each host, several at a time. One failure does not keep the others from their turn; the first is thrown when all are done. */
export async function runEverywhere<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = 16,
): Promise<Result[]> {
  const queue = new PQueue({ concurrency: atOnce });
  const settled = await Promise.allSettled(items.map((item) => queue.add(() => work(item))));
  const failed = settled.find((answer) => answer.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}
