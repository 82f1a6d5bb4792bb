import { readLines, UnexpectedAnswer, valueOf, type RemoteCommand } from './command.ts';

/** Where torchrun looks for its own, and as many as are looked through. */
export const [firstPort, portCount] = [29_500, 500];

/** A TCP port of the host that nobody uses now, the first from `from` on, and round to the beginning. Null: all are in use. */
export function findFreePort(from: number): RemoteCommand<number | null> {
  const name = 'find a free port';
  return {
    name,
    body: `free_port ${from} ${firstPort} ${firstPort + portCount}`,
    timeoutSeconds: 30,
    parse(answer) {
      const word = valueOf(readLines(answer.stdout), 'port');
      if (word === null) throw new UnexpectedAnswer(name, answer);
      return word === 'none' ? null : Number(word);
    },
  };
}
