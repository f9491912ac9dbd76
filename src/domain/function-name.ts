import { ulid } from './ulid.ts';

const FUNCTION = 'function-';

/** A name for the machine of a function, new at each start: sandboxes may share a host name, a boot id and process ids. */
export const functionName = (now: number): string => `${FUNCTION}${ulid(now)}`;

/** Whether an owner of rows is a function, which sends no heartbeat. */
export const isFunction = (owner: string): boolean => owner.startsWith(FUNCTION);
