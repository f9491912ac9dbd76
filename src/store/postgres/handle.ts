import type { Queryable, Value } from '../sql.ts';
import type { Session } from './session.ts';

/** Rows that a cursor reads at once: what is kept of an output has up to 64 kB. */
const READ_AT_ONCE = 100;

/** The statements of one transaction or snapshot. */
export interface Handle extends Queryable {
  readonly isOpen: boolean;
  /** The error of the first statement that failed: nothing of its transaction can be committed. */
  readonly failure: unknown;
  /** From then on every statement is an error. */
  end(): void;
}

export function createHandle(session: Session): Handle {
  let isOpen = true;
  let failure: unknown;
  let cursors = 0;
  const mustBeOpen = () => {
    if (!isOpen) throw new Error('A statement came after its transaction had ended.');
  };
  const run = async <Row>(text: string, params?: readonly Value[]): Promise<Row[]> => {
    mustBeOpen();
    try {
      return await session.run<Row>(text, params);
    } catch (error) {
      failure ??= error;
      throw error;
    }
  };
  return {
    get isOpen() {
      return isOpen;
    },
    get failure() {
      return failure;
    },
    query: run,
    async *each<Row>(text: string, params?: readonly Value[]) {
      cursors += 1;
      const name = `rows_${cursors}`;
      await run(`declare ${name} no scroll cursor for ${text}`, params);
      for (;;) {
        const rows = await run<Row>(`fetch ${READ_AT_ONCE} from ${name}`);
        for (const row of rows) {
          mustBeOpen();
          yield row;
        }
        if (rows.length < READ_AT_ONCE) break;
      }
      await run(`close ${name}`);
    },
    end() {
      isOpen = false;
    },
  };
}
