import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../support/local-host.ts';
import type { NamespaceHost } from '../support/namespace-host.ts';

/** A setting of sshd: the tools in the home come first. */
export const gatePath = 'SetEnv PATH=/srv/bin:/usr/local/bin:/usr/bin:/bin';

export interface Gate {
  /** Until somebody waits there. */
  reached(): Promise<void>;
  open(): void;
}

/** From here on a tool of a host waits before it does anything, where its arguments hold `text`. The host has `gatePath`. */
export function placeGate({ home }: NamespaceHost, tool: string, text = ''): Gate {
  const script = `#!/bin/sh
case "$*" in
*${text}*)
  : >/srv/${tool}.reached
  until [ -e /srv/${tool}.open ]; do /usr/bin/sleep 0.1; done
  ;;
esac
exec /usr/bin/${tool} "$@"
`;
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin', tool), script, { mode: 0o755 });
  return {
    reached: async () => {
      await waitFor(`somebody waits at ${tool}`, () => existsSync(join(home, `${tool}.reached`)));
    },
    open: () => writeFileSync(join(home, `${tool}.open`), ''),
  };
}
