import { readFileSync, statfsSync } from 'node:fs';
import { FleetError, exitCodes, systemCode } from '../errors.ts';
import { findMount, parseMounts } from './mounts.ts';

/** SQLite's locks and shared memory hold on one machine only. `path` exists, and its links are resolved. */
export function refuseNetworkFileSystem(path: string, stateDir: string): void {
  const type = fileSystemOf(path, readMountinfo());
  if (type === null || !isNetworkFileSystem(type)) return;
  throw new FleetError(`state folder "${stateDir}": lies on a network file system (${type}), expected a local disk`, {
    code: 'state-folder-on-network',
    exit: exitCodes.couldNot,
    suggestions: ['set FLEET_STATE_DIR to a folder on a local disk of this machine'],
  });
}

/** Type of the file system that holds `path`, as mount(8) names it; null when neither mountinfo nor statfs tells. */
export function fileSystemOf(path: string, mountinfo: string | null): string | null {
  const mount = mountinfo === null ? null : findMount(path, parseMounts(mountinfo));
  return mount?.type ?? magicNames.get(statfsSync(path).type >>> 0) ?? null;
}

/** Also the folders that a virtual machine shares with its host: what one side maps into memory the other does not see. */
export function isNetworkFileSystem(type: string): boolean {
  return networkTypes.has(type.replace(/^fuse\./, ''));
}

function readMountinfo(): string | null {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}

const networkTypes = new Set([
  ...[
    'nfs',
    'nfs4',
    'cifs',
    'smb',
    'smb2',
    'smb3',
    'smbfs',
    'smbnetfs',
    'ncpfs',
    'afs',
    'coda',
    '9p',
    'sshfs',
    'davfs',
    'davfs2',
    'curlftpfs',
  ],
  ...[
    'ceph',
    'ceph-fuse',
    'lustre',
    'gpfs',
    'glusterfs',
    'beegfs',
    'orangefs',
    'pvfs2',
    'panfs',
    'wekafs',
    'mfs',
    'moosefs',
    'lizardfs',
  ],
  ...['juicefs', 'cvmfs2', 'ocfs2', 'gfs2', 'rclone', 's3fs', 'goofys', 'gcsfuse', 'blobfuse', 'blobfuse2', 'gvfsd-fuse'],
  ...['vboxsf', 'prl_fs', 'vmhgfs', 'vmhgfs-fuse'],
]);

/** From linux/magic.h and the file systems' own headers. */
const magicNames = new Map([
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x517b, 'smbfs'],
  [0x564c, 'ncpfs'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x73757245, 'coda'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x7461636f, 'ocfs2'],
  [0x01161970, 'gfs2'],
  [0x20030528, 'orangefs'],
  [0x19830326, 'beegfs'],
  [0x786f4256, 'vboxsf'],
]);
