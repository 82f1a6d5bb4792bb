import { parseEndpoint } from '../../language/endpoint.ts';
import { quote } from '../../quoting.ts';
import type { SectionAnswer, Section } from '../sections.ts';

export interface Reached {
  endpoint: string;
  /** Null when it could not be tried. */
  reachable: boolean | null;
  /** What the host said, where it could not be reached. */
  message: string | null;
}

const eachSeconds = 8;

/**
 * A TCP connection to each endpoint from the host, all side by side, by the first tool there is. An answer is one line of its own, written at
 * once. Names may take longer to look up than a tool's own limit: whatever is silent at the end of the section was not reached in time.
 */
export function networkSections(enter: string, endpoints: readonly string[]): Section[] {
  if (endpoints.length === 0) return [];
  const calls = endpoints.map((text, index) => {
    const { host, port } = parseEndpoint(text);
    return `fleet_try ${index} ${quote(host)} ${port} &`;
  });
  const script = `${enter}\n${connect}\n${calls.join('\n')}\nwait`;
  return [{ name: 'network', script, timeoutSeconds: eachSeconds + 6 }];
}

const connect = `fleet_connect() {
  if command -v perl >/dev/null; then
    perl -e 'my $kind = eval { require IO::Socket::IP } ? "IO::Socket::IP" : eval { require IO::Socket::INET } ? "IO::Socket::INET" : exit 126;
$kind->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => ${eachSeconds}) or die "$@\\n"' "$1" "$2"
  elif command -v bash >/dev/null; then
    bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
  elif command -v python3 >/dev/null; then
    python3 -c 'import socket, sys
try: socket.create_connection((sys.argv[1], int(sys.argv[2])), ${eachSeconds}).close()
except OSError as e: sys.exit(str(e) or "timed out")' "$1" "$2"
  elif command -v nc >/dev/null; then
    nc -w ${eachSeconds} "$1" "$2" </dev/null >/dev/null
  elif command -v busybox >/dev/null; then
    busybox nc -w ${eachSeconds} "$1" "$2" </dev/null >/dev/null
  else
    return 126
  fi
}
fleet_try() {
  fleet_said=$(fleet_connect "$2" "$3" 2>&1)
  printf 'reach %s %s %s\\n' "$1" "$?" "$(printf %s "$fleet_said" | tail -n 1 | head -c 200)"
}`;

export function readNetwork(answer: SectionAnswer | undefined, endpoints: readonly string[]): Reached[] {
  const lines = [...(answer?.text ?? '').matchAll(/^reach (\d+) (\d+) ?(.*)$/gm)];
  return endpoints.map((endpoint, index): Reached => {
    const [, , code, said = ''] = lines.find((line) => line[1] === String(index)) ?? [];
    if (code === undefined) {
      const inTime = answer?.timedOut === true;
      return { endpoint, reachable: inTime ? false : null, message: inTime ? 'no answer in time' : 'it was not tried' };
    }
    if (code === '126')
      return { endpoint, reachable: null, message: 'none of perl, bash, python3, nc and busybox is there to try it' };
    return { endpoint, reachable: code === '0', message: code === '0' ? null : said || `exit status ${code}` };
  });
}
