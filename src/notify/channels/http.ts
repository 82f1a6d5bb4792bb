import { messageOf, systemCode } from '../../errors.ts';
import type { Delivery } from '../delivery.ts';

/** A request as plain data. */
export interface HttpRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export const usualTimeLimitMs = 10_000;
const mostOfAnswer = 10_000;
/** Those of 400 and above that may be another answer later. */
const passing = [408, 425, 429];

interface PostOptions {
  timeLimitMs: number;
  signal: AbortSignal | undefined;
}

/** Posts once. The status alone decides; a redirection is not followed, since what was signed is for one receiver. */
export async function post({ url, headers, body }: HttpRequest, { timeLimitMs, signal }: PostOptions): Promise<Delivery> {
  const limit = AbortSignal.timeout(timeLimitMs);
  const either = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: either });
    if (response.ok) {
      await response.body?.cancel();
      return { kind: 'sent' };
    }
    return judge(response, await readBeginning(response));
  } catch (error) {
    if (limit.aborted) return { kind: 'later', reason: `no answer in ${timeLimitMs / 1000} s` };
    if (signal?.aborted === true) return { kind: 'later', reason: 'no answer yet when fleet left' };
    return { kind: 'later', reason: explain(error) };
  }
}

function judge({ status, headers }: Response, said: string): Delivery {
  const reason = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (status >= 300 && status < 400) return { kind: 'refused', reason: `${reason}: it points elsewhere, and is not followed` };
  if (status >= 500 || passing.includes(status)) return { kind: 'later', reason, ...readRetryAfter(headers.get('retry-after')) };
  return { kind: 'refused', reason };
}

/** Seconds, or a date. */
function readRetryAfter(text: string | null): { afterMs?: number } {
  if (text === null) return {};
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? { afterMs: ms } : {};
}

/** What the receiver says of a failure, as one line. One that breaks off has said enough. */
async function readBeginning(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > mostOfAnswer) break;
    }
  } catch {
    // The status is what counts.
  }
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, mostOfAnswer);
}

/** `fetch failed` says nothing: what was the matter is in its cause. */
function explain(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return systemCode(cause) ?? messageOf(cause);
}
