/** What names of secrets end in, for a pattern that holds more. A bare "key" is not of it: in running text it is an ordinary word. */
export const secretWords = 'token|secret|passw(?:or)?d|api[-_]?key|access[-_]?key';

const anywhere = new RegExp(`key|passw|credential|${secretWords}`, 'i');
const atEnd = new RegExp(`(^|[_-])(key|${secretWords})$`, 'i');
const ordinary = /(^|[_-])(pad|eos|bos|unk|mask|sep|cls|sort|primary|foreign|public|cache)[_-]?(key|token)$/i;

/** For hiding a value: one too many does no harm. */
export function mayNameSecret(name: string): boolean {
  return anywhere.test(name);
}

/** For telling a person of it: `pad_token` and `sort-key` are none. */
export function namesSecret(name: string): boolean {
  return atEnd.test(name) && !ordinary.test(name);
}
