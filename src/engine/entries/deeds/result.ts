import type { Row } from '../check-rows.ts';
import type { Waivable } from '../waivers.ts';

/** What a deed has to say of itself; its name and its time are known to whoever asked. */
export type Result = Omit<Row, keyof Waivable | 'seconds'>;
