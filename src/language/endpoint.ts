/** `host:port`, or `[address]:port`. */
interface Endpoint {
  host: string;
  port: number;
}

/** Throws a RangeError that says what was expected. */
export function parseEndpoint(text: string): Endpoint {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || host.startsWith('-') || port < 1 || port > 65_535)
    throw new RangeError(`expected host:port such as "huggingface.co:443", got ${JSON.stringify(text)}`);
  return { host, port };
}
