/** Commands that run the command behind them: their options that have a value, and how many words of their own come after the options. */
const wrappers: Readonly<Record<string, { valued: string; operands: number }>> = {
  sudo: { valued: 'ugpChrtTUDR', operands: 0 },
  env: { valued: 'uC', operands: 0 },
  exec: { valued: 'a', operands: 0 },
  nice: { valued: 'n', operands: 0 },
  ionice: { valued: 'cn', operands: 0 },
  stdbuf: { valued: 'ioe', operands: 0 },
  timeout: { valued: 'ks', operands: 1 },
  nohup: { valued: '', operands: 0 },
  setsid: { valued: '', operands: 0 },
  command: { valued: '', operands: 0 },
  xargs: { valued: 'nIPLdEs', operands: 0 },
};

/** The words of the command that is run in the end: `sudo -u x timeout 5 pkill y` is `pkill y`. */
export function unwrap(words: readonly string[]): string[] {
  const wrapper = Object.hasOwn(wrappers, words[0] ?? '') ? wrappers[words[0] ?? ''] : undefined;
  const asks = words[0] === 'command' && words[1]?.startsWith('-') === true;
  if (wrapper === undefined || asks) return [...words];
  let index = 1;
  for (; index < words.length; index++) {
    const word = words[index] ?? '';
    if (/^-[A-Za-z]$/.test(word) && wrapper.valued.includes(word.charAt(1))) index++;
    else if (!word.startsWith('-') && !/^[A-Za-z_]\w*=/.test(word)) break;
  }
  const inner = words.slice(index + wrapper.operands);
  return inner.length === 0 ? [...words] : unwrap(inner);
}
