import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TpuSlice } from './machines.ts';

export interface MetadataServer {
  /** `127.0.0.1:PORT`: what GCE_METADATA_HOST says to Google's own libraries, and to whoever else heeds it. */
  host: string;
  close(): void;
}

/** Answers for one worker of a slice as the metadata server of its machine. Like that one it is silent to whoever does not ask with `Metadata-Flavor`. */
export async function startMetadataServer(name: string, slice: TpuSlice, worker: number): Promise<MetadataServer> {
  const attributes = new Map([
    ['tpu-env', describeEnvironment(slice, worker)],
    ['worker-network-endpoints', listEndpoints(name, slice)],
  ]);
  const server = createServer((request, response) => {
    const attribute = /^\/computeMetadata\/v1\/instance\/attributes\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const text = request.headers['metadata-flavor'] === 'Google' ? attributes.get(attribute) : undefined;
    response.writeHead(text === undefined ? 404 : 200, { 'Metadata-Flavor': 'Google', 'Content-Type': 'application/text' });
    response.end(text ?? '');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Lines `KEY: 'value'`. */
function describeEnvironment(slice: TpuSlice, worker: number): string {
  const values = {
    ACCELERATOR_TYPE: slice.type,
    CHIPS_PER_HOST_BOUNDS: slice.chipsPerHostBounds,
    HOST_BOUNDS: slice.hostBounds,
    RUNTIME_VERSION: slice.runtime,
    TOPOLOGY: slice.topology,
    WORKER_ID: String(worker),
    ZONE: slice.zone,
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}: '${value}'\n`)
    .join('');
}

/** `name:uid:ip,name:uid:ip`; each worker is on this computer. */
function listEndpoints(name: string, { workers }: TpuSlice): string {
  return Array.from({ length: workers }, (_, index) => `${name}-w-${index}:${1000 + index}:127.0.0.1`).join(',');
}
