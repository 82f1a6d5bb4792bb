/** It was given up, for a reason that a person should read: the entry fails. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}
