import { createHmac } from 'node:crypto';
import type { Letter } from '../message.ts';
import type { HttpRequest } from './http.ts';

export interface WebhookTarget {
  url: string;
  key: string | null;
}

/** The message as JSON. With a key it is signed: HMAC-SHA256 over `TIMESTAMP.BODY`, in hexadecimal. */
export function writeWebhook({ url, key }: WebhookTarget, { id, message }: Letter, now: number): HttpRequest {
  const body = JSON.stringify({ id, ...message });
  const timestamp = String(Math.floor(now / 1000));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'fleet',
    'idempotency-key': id,
    'x-fleet-timestamp': timestamp,
  };
  if (key !== null) headers['x-fleet-signature'] = `sha256=${sign(key, `${timestamp}.${body}`)}`;
  return { url, headers, body };
}

function sign(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
