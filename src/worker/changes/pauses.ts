import type { PendingChange } from '../../store/changes.ts';

/** Over an hour, with the pauses between them. */
export const MOST_TRIES = 16;
const FIRST_PAUSE_MS = 2000;
const MOST_PAUSE_MS = 10 * 60_000;
/** A receiver that wants a longer rest is asked after that. */
const MOST_HOLD_MS = 60 * 60_000;

/** Pauses between two attempts at a receiver: twice as long each time, and as long as the receiver asks. */
export interface Pauses {
  /** Whether an event may be sent now. Counted from when this process first saw how often it was tried. */
  isOver(change: Pick<PendingChange, 'id' | 'receiver' | 'tries'>): boolean;
  /** Sends a receiver nothing for so many milliseconds. */
  hold(receiver: string, ms: number): void;
}

/** Times are by `performance.now`: no clock that is set makes a pause longer or shorter. */
export function createPauses(): Pauses {
  const seen = new Map<string, { readonly what: string; readonly since: number }>();
  const heldUntil = new Map<string, number>();
  return {
    isOver({ id, receiver, tries }) {
      const now = performance.now();
      if ((heldUntil.get(receiver) ?? 0) > now) return false;
      const what = `${id} ${tries}`;
      const before = seen.get(receiver);
      const since = before?.what === what ? before.since : now;
      seen.set(receiver, { what, since });
      return now - since >= (tries === 0 ? 0 : Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)));
    },
    hold: (receiver, ms) => {
      heldUntil.set(receiver, performance.now() + Math.min(ms, MOST_HOLD_MS));
    },
  };
}
