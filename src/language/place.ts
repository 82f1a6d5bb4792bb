/** Where a run goes: a host, or a slot of one, as `a100x2:gpu0`. Names of hosts and slots have no colon. */
export function hostOf(place: string): string {
  return place.split(':', 1)[0] ?? place;
}

export function placeOf(host: string, slot: string): string {
  return `${host}:${slot}`;
}

/** Whether two runs there would be in each other's way: a whole host is in the way of all its slots. */
export function placesOverlap(one: string, other: string): boolean {
  return one === other || isSlotOf(one, other) || isSlotOf(other, one);
}

/** For thousands of entries at each look: nothing is cut or joined. */
function isSlotOf(place: string, host: string): boolean {
  return place[host.length] === ':' && place.startsWith(host);
}
