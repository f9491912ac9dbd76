import pg from 'pg';
import { onlyRow } from '../rows.ts';
import type { Value } from '../sql.ts';
import { asFault, isAnswer } from './faults.ts';
import { inUse } from './still.ts';

/** One connection, taken from the pool. Statements run one at a time, in their order. Rejects with `DatabaseFault`s. */
export interface Session {
  run<Row>(text: string, params?: readonly Value[]): Promise<Row[]>;
  /** Runs several statements without parameters in one round trip, and resolves to the rows of the last. */
  script<Row>(text: string): Promise<Row[]>;
  /** Whether the connection is of no more use. */
  readonly isLost: boolean;
  /** Gives the connection back, or closes it when it is of no more use. Once, after the last statement. */
  release(): void;
}

/** bigint and numeric, which the driver would give as text. */
const NUMBERS = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

/** How this program reads columns: whole numbers as numbers. Set for its own connections only. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    NUMBERS.has(id) ? Number : pg.types.getTypeParser(id, format as 'text'),
};

/** `answerMs`: how long the answer to each statement is waited for. */
export function sessionOn(client: pg.PoolClient, shown: string, answerMs: number): Session {
  let last: Promise<unknown> = Promise.resolve();
  let lost: unknown;
  const limit = { query_timeout: answerMs };
  const lose = (error: unknown) => {
    lost ??= asFault(error, shown);
  };
  client.on('error', lose);
  inUse.add(client);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(async () => {
      // It would wait for an answer that cannot come.
      if (lost !== undefined) throw lost;
      try {
        return await work();
      } catch (error) {
        if (!isAnswer(error)) lose(error);
        throw asFault(error, shown);
      }
    });
    last = next.catch(() => {});
    return next;
  };
  return {
    get isLost() {
      return lost !== undefined;
    },
    run: <Row>(text: string, params: readonly Value[] = []) =>
      inTurn(async () => (await client.query({ text, values: params.map(storable), ...limit })).rows as Row[]),
    script: <Row>(text: string) =>
      inTurn(async () => {
        const results = [await client.query({ text, ...limit })].flat();
        return onlyRow(results.slice(-1)).rows as Row[];
      }),
    release() {
      inUse.delete(client);
      client.off('error', lose);
      client.release(lost !== undefined);
    },
  };
}

/** Postgres stores no zero character in a text. */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value;
}
