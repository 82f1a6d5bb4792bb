import { timingSafeEqual } from 'node:crypto';
import type { AuthContext, Connection, ParsedKey } from 'ssh2';

const mostTries = 6;

/** Lets in whoever holds the client key, under the one user name, and nobody else. */
export function authenticate(connection: Connection, user: string, clientKey: ParsedKey): void {
  let tries = 0;
  connection.on('authentication', (context) => {
    tries += 1;
    if (tries > mostTries) connection.end();
    else if (isAllowed(context, user, clientKey)) context.accept();
    else context.reject(['publickey']);
  });
}

function isAllowed(context: AuthContext, user: string, clientKey: ParsedKey): boolean {
  if (context.method !== 'publickey' || context.username !== user) return false;
  if (context.key.algo !== clientKey.type || !isSame(context.key.data, clientKey.getPublicSSH())) return false;
  // Without a signature the client only asks whether this key is worth signing with.
  if (context.signature === undefined || context.blob === undefined) return context.signature === undefined;
  return clientKey.verify(context.blob, context.signature, context.hashAlgo);
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
