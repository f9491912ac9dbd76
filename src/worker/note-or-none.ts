import type { Deps } from '../handlers/deps.ts';
import { DatabaseFault } from '../store/fault.ts';
import type { NewNote, NoteOf, ReadNoteOf } from '../store/outbox.ts';

type Logging = Pick<Deps, 'log'>;

/** A note that cannot be built is logged: its row is changed all the same, or it would be due for ever and hold up the others. */
export function noteOrNone<Row>({ log }: Logging, build: NoteOf<Row>): NoteOf<Row> {
  return (row) => {
    try {
      return build(row);
    } catch (error) {
      return notBuilt(log, error);
    }
  };
}

/** The same for a note that takes reading. While the store cannot be read, nothing is changed: the note is built later. */
export function readNoteOrNone<Row>({ log }: Logging, build: ReadNoteOf<Row>): ReadNoteOf<Row> {
  return async (row) => {
    try {
      return await build(row);
    } catch (error) {
      if (error instanceof DatabaseFault) throw error;
      return notBuilt(log, error);
    }
  };
}

function notBuilt(log: Deps['log'], error: unknown): NewNote | undefined {
  log.error({ err: error }, 'A note could not be built');
  return undefined;
}
