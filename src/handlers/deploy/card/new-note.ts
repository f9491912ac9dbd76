import type { NewNote } from '../../../store/outbox.ts';
import type { Note } from './notes.ts';

/** Where a note is said: in the thread of a card, or to a person or channel, or in a thread there. */
export type Place = { readonly card: string } | { readonly to: string; readonly thread?: string | undefined };

const CARD = 'card:';
const IN_THREAD = '#';

/** A note as it is stored. `at`: Unix milliseconds. */
export function newNote(place: Place, note: Note, at: number): NewNote {
  return { place: 'card' in place ? `${CARD}${place.card}` : nameOf(place), note, at };
}

const nameOf = ({ to, thread }: Exclude<Place, { card: string }>): string =>
  thread === undefined ? to : `${to}${IN_THREAD}${thread}`;

/** The place of a stored note. */
export function placeNamed(name: string): Place {
  if (name.startsWith(CARD)) return { card: name.slice(CARD.length) };
  const [to = '', thread] = name.split(IN_THREAD);
  return { to, thread };
}
