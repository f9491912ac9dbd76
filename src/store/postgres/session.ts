import pg from 'pg';
import type { Value } from '../sql.ts';
import { asFault, isAnswer } from './faults.ts';

/** One connection, taken from the pool. Statements run one at a time, in their order. Rejects with `DatabaseFault`s. */
export interface Session {
  run<Row>(text: string, params?: readonly Value[]): Promise<Row[]>;
  /** Runs several statements without parameters in one round trip, and resolves to the rows of the last, and to what it did. */
  script<Row>(text: string): Promise<{ readonly rows: Row[]; readonly did: string }>;
  /** Whether the connection is of no more use. */
  readonly isLost: boolean;
  /** Gives the connection back, or closes it when it is of no more use. Safe to call twice. */
  release(): void;
}

/** bigint and numeric, which the driver would give as text. */
const NUMBERS = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

/** How this program reads columns: whole numbers as numbers. Set for its own connections only. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    NUMBERS.has(id) ? Number : pg.types.getTypeParser(id, format as 'text'),
};

export function sessionOn(client: pg.PoolClient, shown: string): Session {
  let last: Promise<unknown> = Promise.resolve();
  let isLost = false;
  let isReleased = false;
  const lose = () => {
    isLost = true;
  };
  client.on('error', lose);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(async () => {
      if (isReleased) throw new Error('A statement came after its transaction had ended.');
      try {
        return await work();
      } catch (error) {
        if (!isAnswer(error)) isLost = true;
        throw asFault(error, shown);
      }
    });
    last = next.catch(() => {});
    return next;
  };
  return {
    get isLost() {
      return isLost;
    },
    run: <Row>(text: string, params: readonly Value[] = []) =>
      inTurn(async () => (await client.query(text, params.map(storable))).rows as Row[]),
    script: <Row>(text: string) =>
      inTurn(async () => {
        const results = [await client.query(text)].flat();
        const end = results.at(-1);
        return { rows: (end?.rows ?? []) as Row[], did: end?.command ?? '' };
      }),
    release() {
      if (isReleased) return;
      isReleased = true;
      client.off('error', lose);
      client.release(isLost);
    },
  };
}

/** Postgres stores no zero character in a text. */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value;
}
