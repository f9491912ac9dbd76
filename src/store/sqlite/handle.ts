import { setImmediate as nextTurn } from 'node:timers/promises';
import { statementPace } from '../../paced/pace.ts';
import type { Queryable, Value } from '../sql.ts';
import type { Connection } from './connection.ts';
import { asFault, withFaults } from './faults.ts';

/** Rows read before other work gets a turn: SQLite itself never waits. */
const READ_AT_ONCE = 500;

/** The statements of one transaction or snapshot. */
export interface Handle extends Queryable {
  readonly isOpen: boolean;
  /** Ends what is still being read; from then on every statement is an error. */
  end(): void;
}

export function createHandle(connection: Connection, path: string): Handle {
  const reading = new Set<Iterator<unknown>>();
  let isOpen = true;
  const mustBeOpen = () => {
    if (!isOpen) throw new Error('A statement came after its transaction had ended.');
  };
  return {
    get isOpen() {
      return isOpen;
    },
    async query<Row>(text: string, params?: readonly Value[]) {
      mustBeOpen();
      const rows = withFaults(path, () => connection.all<Row>(text, params));
      await statementPace();
      return rows;
    },
    async *each<Row>(text: string, params?: readonly Value[]) {
      mustBeOpen();
      const rows = withFaults(path, () => connection.iterate<Row>(text, params));
      reading.add(rows);
      try {
        for (let count = 1; ; count += 1) {
          mustBeOpen();
          const { done, value } = rows.next();
          if (done) return;
          yield value;
          if (count % READ_AT_ONCE === 0) await nextTurn();
        }
      } catch (error) {
        throw asFault(error, path);
      } finally {
        reading.delete(rows);
        rows.return?.();
      }
    },
    end() {
      isOpen = false;
      for (const rows of reading) rows.return?.();
    },
  };
}
