import { holdersFunction } from '../holders.ts';
import type { Section } from '../sections.ts';

const variables = [
  'TPU_ACCELERATOR_TYPE',
  'TPU_TOPOLOGY',
  'TPU_CHIPS_PER_HOST_BOUNDS',
  'TPU_HOST_BOUNDS',
  'TPU_WORKER_ID',
  'TPU_WORKER_HOSTNAMES',
];

/** Before each attribute of the metadata server in its answer. */
export const attributeMark = 'fleet-attribute';

/** Everything about the TPU of a worker. The metadata server is asked only where one may be: elsewhere its address may not answer at all. */
export function tpuSections(setup: string): Section[] {
  return [
    { name: 'tpu', script: `${setup}\n${local}`, timeoutSeconds: 10 },
    { name: 'tpu-metadata', script: `${setup}\n${metadata}`, timeoutSeconds: 8 },
    { name: 'tpu-info', script: `${setup}\nexec tpu-info`, timeoutSeconds: 20 },
  ];
}

/**
 * Who holds the chips: `ls -l` of every folder of open files tells the pid of a folder, then what it holds; those of other users only root sees.
 * The lock that libtpu takes is listed for everybody.
 */
const local = `${holdersFunction}
fleet_value=''
for fleet_name in ${variables.join(' ')}; do
  eval "fleet_value=\\\${$fleet_name-}"
  printf 'env %s=%s\\n' "$fleet_name" "$fleet_value"
done
fleet_locker=''
if test -e /tmp/libtpu_lockfile; then
  test -w /tmp/libtpu_lockfile || echo lock=/tmp/libtpu_lockfile
  fleet_inode=$(ls -i /tmp/libtpu_lockfile)
  fleet_locker=$(sed -n "s/^.*FLOCK.* \\([0-9]*\\) [0-9a-f]*:[0-9a-f]*:\${fleet_inode%% *} .*/\\1/p" /proc/locks)
  test -z "$fleet_locker" || printf 'held=/tmp/libtpu_lockfile %s\\n' "$fleet_locker"
fi
fleet_devices=''
for fleet_device in /dev/accel[0-9]* /dev/vfio/[0-9]*; do
  test -e "$fleet_device" || continue
  fleet_devices=yes
  printf 'device=%s\\n' "$fleet_device"
done
test -n "$fleet_devices" || exit 0
for fleet_device in /sys/bus/pci/devices/*; do
  read -r fleet_vendor <"$fleet_device/vendor" || continue
  test "$fleet_vendor" = 0x1ae0 || continue
  read -r fleet_id <"$fleet_device/device" && printf 'pci=%s\\n' "$fleet_id"
done 2>/dev/null
fleet_at='' fleet_pids="$fleet_locker"
# Names of folders and devices, of which none holds a blank.
# shellcheck disable=SC2012
for fleet_word in $(ls -l /proc/[0-9]*/fd 2>/dev/null |
  sed -n 's|^/proc/\\([0-9]*\\)/fd:$|\\1|p; s|.* -> \\(/dev/accel[0-9]*\\)$|\\1|p; s|.* -> \\(/dev/vfio/[0-9]*\\)$|\\1|p'); do
  case $fleet_word in
  /*)
    printf 'held=%s %s\\n' "$fleet_word" "$fleet_at"
    fleet_pids="$fleet_pids $fleet_at"
    ;;
  *) fleet_at=$fleet_word ;;
  esac
done
# Words, one a pid.
# shellcheck disable=SC2086
fleet_holders $fleet_pids`;

/** No limit of its own for wget: that of busybox crashes when it is given one. The section ends it. */
const metadata = `fleet_maker=''
read -r fleet_maker </sys/class/dmi/id/product_name
fleet_near=''
for fleet_device in /dev/accel[0-9]* /dev/vfio/[0-9]*; do test ! -e "$fleet_device" || fleet_near=yes; done
case $fleet_maker in *Google*) fleet_near=yes ;; esac
test -n "$fleet_near\${GCE_METADATA_HOST-}" || exit 0
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
fleet_get() {
  if command -v curl >/dev/null; then curl -s -f -m 3 -H 'Metadata-Flavor: Google' "$1"
  elif command -v wget >/dev/null; then wget -q -t 1 -O - --header 'Metadata-Flavor: Google' "$1"
  else python3 -c 'import sys, urllib.request as u
r = u.Request(sys.argv[1], headers={"Metadata-Flavor": "Google"})
print(u.urlopen(r, timeout=3).read().decode())' "$1"
  fi
}
for fleet_name in tpu-env worker-network-endpoints; do
  printf '${attributeMark} %s\\n' "$fleet_name"
  fleet_get "http://\${GCE_METADATA_HOST:-169.254.169.254}/computeMetadata/v1/instance/attributes/$fleet_name" || exit
  echo
done 2>/dev/null`;
