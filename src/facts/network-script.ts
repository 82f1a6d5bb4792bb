import { parseEndpoint } from '../language/endpoint.ts';
import { quote } from '../quoting.ts';

/**
 * Whether the host gets a TCP connection to each of the endpoints, side by side, with whatever it has for that: `reach NUMBER yes|no|no-tool`. One
 * that says nothing was still waiting when the time was up.
 */
export function networkScript(endpoints: readonly string[]): string {
  const asks = endpoints.map((endpoint, number) => {
    const { host, port } = parseEndpoint(endpoint);
    return `fleet_reach ${number} ${quote(host)} ${port} &`;
  });
  return `${reach}\n${asks.join('\n')}\nwait`;
}

const reach = `fleet_reach() {
  fleet_reached=no
  if command -v bash >/dev/null 2>&1; then
    bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$2" "$3" 2>/dev/null && fleet_reached=yes
  elif command -v perl >/dev/null 2>&1; then
    perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1])' "$2" "$3" 2>/dev/null && fleet_reached=yes
  elif command -v python3 >/dev/null 2>&1; then
    python3 -c 'import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2]))).close()' "$2" "$3" 2>/dev/null && fleet_reached=yes
  elif command -v nc >/dev/null 2>&1; then
    nc "$2" "$3" </dev/null >/dev/null 2>&1 && fleet_reached=yes
  else
    fleet_reached=no-tool
  fi
  printf 'reach %s %s\\n' "$1" "$fleet_reached"
}`;
