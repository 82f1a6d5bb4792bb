import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrubber } from '../src/scrubber.ts';
import { Secret } from '../src/secret.ts';

const canary = 'canary-5c1f';
const scrubber = createScrubber([new Secret('TOKEN', canary)], ['TOKEN']);

describe('scrubbing', () => {
  it('takes a known value out wherever it stands, and keeps every length', () => {
    const text = `a ${canary} b${canary}\n`;
    expect(scrubber.scrubText(text)).toBe(`a ${'*'.repeat(canary.length)} b${'*'.repeat(canary.length)}\n`);
  });

  it('leaves no known value in any text, and no byte more or less', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(canary), fc.string())), (parts) => {
        const bytes = Buffer.from(parts.join(''));
        const scrubbed = scrubber.scrub(bytes);
        expect(scrubbed.includes(canary)).toBe(false);
        expect(scrubbed.length).toBe(bytes.length);
      }),
    );
  });

  it.each([
    'TOKEN=unknown-value',
    'export TOKEN="unknown-value"',
    "{'TOKEN': 'unknown-value'}",
    '"TOKEN": "unknown-value",',
    'TOKEN: unknown-value',
  ])('takes a value out by its name when the value is not known here: %s', (text) => {
    const scrubbed = createScrubber([], ['TOKEN']).scrubText(text);
    expect(scrubbed).not.toContain('unknown-value');
    expect(scrubbed).toContain('TOKEN');
  });

  it('leaves other names alone', () => {
    const text = 'MY_TOKEN=kept TOKENS=kept tokens/s=47';
    expect(scrubber.scrubText(text)).toBe(text);
  });

  it('takes each line of a value with several lines', () => {
    const key = createScrubber([new Secret('KEY', 'first-line\nsecond-line\n')], []);
    expect(key.scrubText('x second-line y first-line')).toBe(`x ${'*'.repeat(11)} y ${'*'.repeat(10)}`);
  });

  it('never shows a secret by itself', () => {
    const secret = new Secret('TOKEN', canary);
    expect(`${String(secret)} ${JSON.stringify({ secret })}`).not.toContain(canary);
  });
});
