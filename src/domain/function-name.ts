import { ulid } from './ulid.ts';

const FUNCTION = 'function-';

/** A name for the machine of a function, new at each start: sandboxes may share a host name, a boot id and process ids. */
export const functionName = (now: number): string => `${FUNCTION}${ulid(now)}`;

/** Whether an owner of rows is a function, which sends no heartbeat. */
export const isFunction = (owner: string): boolean => owner.startsWith(FUNCTION);

/** The functions that work when they are called. That the front runs is seen by who types a command. */
export const FUNCTION_KINDS = ['schedule', 'worker'] as const;

export type FunctionKind = (typeof FUNCTION_KINDS)[number];

/** The name under which all sandboxes of a function say that they were called. */
export const functionOf = (kind: FunctionKind): string => `${FUNCTION}${kind}`;
