import { nameAddress } from './address.ts';
import { fetchHostKey } from './dial.ts';
import { ConnectionFailed, type ShownKey } from './failures.ts';
import { describeKey, recordIfUnknown } from './host-keys.ts';
import type { SshAddress } from './transport.ts';

/**
 * Records the host's key, if it is the one with this fingerprint (`SHA256:...`). Connects, does not log in. Recording a known key again
 * changes nothing; a key that differs from a recorded one is refused as ever.
 */
export async function acceptHostKey(
  address: SshAddress,
  fingerprint: string,
  signal = new AbortController().signal,
): Promise<ShownKey> {
  const key = await fetchHostKey(address, signal);
  const shown = describeKey(key);
  if (shown.fingerprint !== fingerprint) {
    throw new ConnectionFailed(
      `${nameAddress(address)}: its host key is ${shown.type} ${shown.fingerprint}, not ${fingerprint}; nothing was recorded`,
      {
        code: 'host-key-differs',
        retryable: false,
        suggestions: ['compare it with what "ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub" prints on the host itself'],
      },
    );
  }
  recordIfUnknown(address, key);
  return shown;
}
