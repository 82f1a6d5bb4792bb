/** `HOST:PORT`; an IPv6 address stands in brackets. Throws a RangeError that says what was expected. */
export function parseEndpoint(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535)
    throw new RangeError(`expected an endpoint such as "huggingface.co:443", got ${JSON.stringify(text)}`);
  return { host, port };
}
