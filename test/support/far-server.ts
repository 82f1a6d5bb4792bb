import { readFileSync, writeFileSync } from 'node:fs';
import { startSshServer, type SshServer, type SshServerOptions } from './ssh-server.ts';
import type { SshdAddress } from './sshd.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

/** An SSH server inside the test, at the far end of a line. */
export interface FarServer {
  server: SshServer;
  line: TcpProxy;
  /** Of the near end. */
  address: SshdAddress;
}

/** Ended after the test; what its commands left running is not. */
export async function startFarServer(test: TestEnd, options: SshServerOptions = {}): Promise<FarServer> {
  const server = await startSshServer(options);
  test.onTestFinished(() => server.stop());
  const line = await startTcpProxy(server.address);
  test.onTestFinished(() => line.close());
  const { port, knownHosts } = server.address;
  writeFileSync(knownHosts, readFileSync(knownHosts, 'utf8').replace(`:${port} `, `:${line.port} `));
  return { server, line, address: { ...server.address, port: line.port } };
}
