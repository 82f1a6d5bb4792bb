import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, type Frame } from '../../src/ssh/frame-reader.ts';

const marker = 'fleet-0123456789abcdeg';

function readInPieces(stream: Buffer, cuts: number[]): Frame[] {
  const reader = new FrameReader(marker);
  const edges = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return edges.flatMap((edge, index) => reader.push(stream.subarray(edge, edges[index + 1] ?? stream.length)));
}

/** Bytes, and pieces of the marker that look like the beginning of an end. */
const body = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.nat({ max: marker.length - 1 }).map((n) => Buffer.from(marker.slice(0, n))),
    ),
  )
  .map((parts) => Buffer.concat(parts))
  .filter((bytes) => !bytes.includes(marker));

test('bodies of any bytes come back whole, wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (bodies, cuts) => {
      const stream = Buffer.concat(bodies.flatMap((bytes, index) => [bytes, Buffer.from(`${marker} ${index} 7\n`)]));
      const frames = readInPieces(stream, cuts);
      expect(frames.map((frame) => frame.body.toString('hex'))).toEqual(bodies.map((bytes) => bytes.toString('hex')));
      expect(frames.map((frame) => frame.words)).toEqual(bodies.map((_bytes, index) => [String(index), '7']));
    }),
  );
});

test('a stream read byte by byte gives the same frames', () => {
  const stream = Buffer.from(`one${marker} 1 0\n${marker} 2 0\nno newline${marker} 3 1\n`);
  const frames = readInPieces(
    stream,
    Array.from({ length: stream.length }, (_, index) => index),
  );
  expect(frames.map((frame) => frame.body.toString())).toEqual(['one', '', 'no newline']);
});

test('an unfinished marker line is no frame, and its bytes are kept', () => {
  const reader = new FrameReader(marker);
  expect(reader.push(Buffer.from(`body${marker} 1`))).toEqual([]);
  expect(reader.pendingBytes).toBe(4);
  expect(reader.takeRest().toString()).toBe(`body${marker} 1`);
  expect(reader.takeRest().toString()).toBe('');
});
