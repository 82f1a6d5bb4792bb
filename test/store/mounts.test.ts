import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findMount, parseMounts } from '../../src/store/mounts.ts';
import { fileSystemOf, isNetworkFileSystem } from '../../src/store/network-file-system.ts';

const mountinfo = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:21 / /proc rw,nosuid shared:12 master:3 - proc proc rw
40 22 0:40 / /home rw,relatime shared:1 - nfs4 filer:/home rw,vers=4.2
41 40 254:1 / /home/ada/local rw - xfs /dev/vdb rw
42 22 0:41 / /mnt/with\\040blank\\134 rw - fuse.sshfs ada@x:/ rw
43 22 0:42 / /over rw - nfs filer:/over rw
44 43 0:43 / /over rw - tmpfs tmpfs rw
`;

test.each([
  ['/', 'ext4'],
  ['/var/lib', 'ext4'],
  ['/homestead', 'ext4'],
  ['/home', 'nfs4'],
  ['/home/ada', 'nfs4'],
  ['/home/ada/local/state', 'xfs'],
  ['/mnt/with blank\\/x', 'fuse.sshfs'],
  ['/over/there', 'tmpfs'],
])('%s lies on %s', (path, type) => {
  expect(findMount(path, parseMounts(mountinfo))?.type).toBe(type);
  expect(fileSystemOf(path, mountinfo)).toBe(type);
});

test.each(['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'ceph', 'lustre', 'gpfs', 'fuse.sshfs', 'fuse.glusterfs', 'beegfs'])(
  '%s is a network file system',
  (type) => {
    expect(isNetworkFileSystem(type)).toBe(true);
  },
);

test.each(['ext4', 'xfs', 'btrfs', 'zfs', 'tmpfs', 'overlay', 'fuseblk', 'fuse.encfs', 'apfs'])('%s is not', (type) => {
  expect(isNetworkFileSystem(type)).toBe(false);
});

test('without mountinfo the kernel is asked for the type of the folder', () => {
  expect(fileSystemOf('/proc', null)).toBeNull();
  expect(fileSystemOf('/', '')).toBeNull();
});

describe('any mountinfo', () => {
  const point = fc.array(fc.string({ minLength: 1 }).filter((name) => !/[/\0]/.test(name))).map((names) => `/${names.join('/')}`);
  const escape = (path: string) => path.replace(/[ \t\n\\]/g, (found) => `\\${found.charCodeAt(0).toString(8).padStart(3, '0')}`);

  test('gives back every mount point as it was', () => {
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const text = points.map((path) => `1 2 3:4 / ${escape(path)} rw shared:1 - ext4 dev rw\n`).join('');
        expect(parseMounts(text)).toEqual(points.map((path) => ({ point: path, type: 'ext4' })));
      }),
    );
  });

  test('of any other form is read without trouble', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(findMount('/home', parseMounts(text))?.point ?? '/').toMatch(/^\//);
      }),
    );
  });
});
