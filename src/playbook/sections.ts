import type { z } from 'zod';

/** A part of a playbook, or null when its shape is wrong, which has been told already. */
export function take<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const result = schema.safeParse(value);
  return result.success ? result.data : null;
}

/** The same for a part whose keys do not depend on each other: only what is wrong is left out. */
export function takeSound<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const result = schema.safeParse(value);
  if (result.success || typeof value !== 'object' || value === null) return result.data ?? null;
  const wrong = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(0, 1),
  );
  return take(schema, Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.includes(key))));
}

export function partAt(value: unknown, ...keys: string[]): unknown {
  let part = value;
  for (const key of keys) {
    if (typeof part !== 'object' || part === null || Array.isArray(part) || !Object.hasOwn(part, key)) return undefined;
    part = (part as Record<string, unknown>)[key];
  }
  return part;
}

export function listAt(value: unknown, ...keys: string[]): unknown[] {
  const part = partAt(value, ...keys);
  return Array.isArray(part) ? part : [];
}

export function entriesAt(value: unknown, ...keys: string[]): [string, unknown][] {
  const part = partAt(value, ...keys);
  return typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.entries(part) : [];
}
