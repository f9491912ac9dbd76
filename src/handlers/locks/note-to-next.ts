import type { QueueEntry } from '../../store/locks.ts';
import type { NoteOf } from '../../store/outbox.ts';
import { newNote } from '../deploy/card/new-note.ts';

/** The first in the queue hears that the service is free. `at`: Unix milliseconds. */
export function noteToNext(at: number): NoteOf<QueueEntry> {
  return ({ person, service, channel }) => newNote({ to: person }, { kind: 'lock-free', service, channel }, at);
}
