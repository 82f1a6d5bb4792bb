import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, type TestContext } from 'vitest';
import { waitFor } from './local-host.ts';
import { startTcpProxy, type Direction, type TcpProxy } from './tcp-proxy.ts';

/** One end of a connection, and what it has seen. */
interface End {
  socket: Socket;
  received: string;
  ended: boolean;
  closed: boolean;
  error: string | null;
}

function watch(socket: Socket): End {
  const end: End = { socket, received: '', ended: false, closed: false, error: null };
  socket.setEncoding('latin1');
  socket.on('data', (text) => (end.received += String(text)));
  socket.on('end', () => (end.ended = true));
  socket.on('close', () => (end.closed = true));
  socket.on('error', (error: NodeJS.ErrnoException) => (end.error = error.code ?? error.message));
  return end;
}

/** A program that listens, the line to it, and one that has dialled. */
async function setup(test: TestContext): Promise<{ line: TcpProxy; near: End; far: End; dial: () => End }> {
  const accepted: End[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(watch(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const line = await startTcpProxy({ host: '127.0.0.1', port: bound.port });
  const dialled: End[] = [];
  const dial = () => {
    const end = watch(connect({ port: line.port, host: '127.0.0.1', allowHalfOpen: true }));
    dialled.push(end);
    return end;
  };
  test.onTestFinished(async () => {
    for (const { socket } of [...dialled, ...accepted]) socket.destroy();
    await line.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const near = dial();
  const far = await waitFor('the line leads to the program', () => accepted[0]);
  return { line, near, far, dial };
}

/** Who sends and who receives in a direction. */
const endsOf = (direction: Direction, { near, far }: { near: End; far: End }) =>
  direction === 'up' ? { from: near, to: far } : { from: far, to: near };

describe('a line', () => {
  it('passes everything on, and the end of either side', async (test) => {
    const { line, near, far } = await setup(test);
    near.socket.write('question');
    far.socket.write('answer');
    near.socket.end();
    await waitFor('both have come', () => far.ended && near.received === 'answer');
    expect(far.received).toBe('question');
    expect(line.passed).toEqual({ up: 8, down: 6 });
    far.socket.end('!');
    await waitFor('the other end', () => near.ended);
    expect(near.received).toBe('answer!');
  });

  it.for(['up', 'down'] as const)('is cut to the byte, %s, in the middle of what was written', async (direction, test) => {
    const ends = await setup(test);
    const { from, to } = endsOf(direction, ends);
    ends.line.cutAfter(direction, 7);
    from.socket.write('four');
    from.socket.write('and more');
    await waitFor('both ends are told', () => to.ended && from.closed);
    expect(to.received).toBe('fourand');
    expect(from.error).toBe('ECONNRESET');
    expect(ends.line.cuts).toBe(1);
    const again = ends.dial();
    again.socket.write('x'.repeat(20));
    await waitFor('the next connection is left alone', () => ends.line.passed.up === 20 + (direction === 'up' ? 7 : 0));
  });

  it('cuts every connection after so many bytes', async (test) => {
    const { line, near, far, dial } = await setup(test);
    near.socket.write('12345');
    await waitFor('it has come', () => far.received === '12345');
    line.cutEach('up', 8);
    near.socket.write('6789');
    await waitFor('the present one is cut', () => near.closed && far.received === '12345678');
    const next = dial();
    next.socket.write('123456789');
    await waitFor('and the next', () => next.closed && line.passed.up === 16);
    expect(line.cuts).toBe(2);
    line.cutEach('up', null);
    const last = dial();
    last.socket.write('123456789');
    await waitFor('but not the last', () => line.passed.up === 25);
  });

  it('is cut before the next byte', async (test) => {
    const { line, near, far } = await setup(test);
    line.cutAfter('up', 0);
    near.socket.write('question');
    await waitFor('both ends are told', () => near.closed && far.ended);
    expect(far.received).toBe('');
  });

  it.for(['up', 'down'] as const)('ends one direction, %s, and leaves the other open', async (direction, test) => {
    const ends = await setup(test);
    const { from, to } = endsOf(direction, ends);
    ends.line.halfClose(direction);
    await waitFor('the end is seen', () => to.ended);
    from.socket.write('into the void');
    to.socket.write('still heard');
    await waitFor('the other direction', () => from.received === 'still heard');
    expect(to.received).toBe('');
    expect(from.ended).toBe(false);
  });

  it('brings every byte late, and in order', async (test) => {
    const { line, near, far } = await setup(test);
    line.delay(80);
    const begin = performance.now();
    const took = new Promise<number>((resolve) => far.socket.once('data', () => resolve(performance.now() - begin)));
    for (const piece of ['one ', 'two ', 'three']) near.socket.write(piece);
    expect(await took).toBeGreaterThan(79);
    await waitFor('all has come', () => far.received === 'one two three');
  });

  it('that is stalled passes nothing on and tells nobody, not even that an end is gone', async (test) => {
    const { line, near, far, dial } = await setup(test);
    line.stall();
    near.socket.end('question');
    const probe = dial();
    probe.socket.write('another');
    await waitFor('the line has taken it', () => near.socket.bytesWritten === 8 && probe.socket.bytesWritten === 7);
    near.socket.destroy();
    await waitFor('the near end is gone', () => near.closed);
    expect(far).toMatchObject({ received: '', ended: false, closed: false });
    line.restore();
    await waitFor('what was connected is reset', () => far.closed);
    expect(far.received).toBe('');
    const again = dial();
    again.socket.write('question');
    await waitFor('a new connection passes', () => line.passed.up === 8);
  });

  it('that refuses resets what is connected and what comes', async (test) => {
    const { line, near, far, dial } = await setup(test);
    line.refuse();
    await waitFor('both ends are told', () => near.closed && far.closed);
    expect([near.error, far.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
    const refused = dial();
    await waitFor('the next one is refused', () => refused.closed);
    expect(refused.error).toBe('ECONNRESET');
  });
});
