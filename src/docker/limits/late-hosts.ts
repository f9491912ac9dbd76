export type OnLate<Outcome> = (outcomes: readonly Outcome[], waiting: readonly string[]) => void;

interface Settled {
  readonly host: string;
  readonly ok: boolean;
  readonly ms: number;
}

interface Watch<Outcome extends Settled> {
  /** The host is asked from now on. */
  asked(host: string): void;
  settled<Own extends Outcome>(outcome: Own): Own;
  end(): void;
}

export interface LateHosts {
  /**
   * The names in the order in which to ask them, `atOnce` at a time: those that were late come first, the latest of
   * them before the others, as all others answer meanwhile. They take no more than a quarter of the places.
   */
  order(names: readonly string[], atOnce: number): string[];
  watch<Outcome extends Settled>(names: readonly string[], onLate: OnLate<Outcome> | undefined): Watch<Outcome>;
}

/** Milliseconds after the last answer at which a host counts as late. */
const LATE_MS = 250;

/**
 * Reports hosts that keep the others' answers waiting, once all were asked: shortly after the last answer, or at once
 * when all missing hosts were late the last time too.
 */
export function createLateHosts(): LateHosts {
  // Milliseconds by host. One that fails at once because it is known to be dead stays in here: only a quick answer
  // removes it.
  const late = new Map<string, number>();
  return {
    order(names, atOnce) {
      const latest = names
        .filter((host) => late.has(host))
        .toSorted((a, b) => (late.get(b) ?? 0) - (late.get(a) ?? 0))
        .slice(0, Math.ceil(atOnce / 4));
      return [...new Set([...latest, ...names])];
    },
    watch(names, onLate) {
      const outcomes: Parameters<NonNullable<typeof onLate>>[0][number][] = [];
      const waiting = new Set(names);
      const unasked = new Set(names);
      let timer: NodeJS.Timeout | undefined;
      let isTold = onLate === undefined;
      const tell = () => {
        isTold = true;
        for (const host of waiting) late.set(host, Number.POSITIVE_INFINITY);
        onLate?.(outcomes, [...waiting]);
      };
      const tellSoon = () => {
        clearTimeout(timer);
        const isUseful = unasked.size === 0 && waiting.size > 0 && outcomes.some(({ ok }) => ok);
        if (isTold || !isUseful) return;
        timer = setTimeout(tell, [...waiting].every((host) => late.has(host)) ? 0 : LATE_MS);
      };
      return {
        asked(host) {
          unasked.delete(host);
          if (unasked.size === 0) tellSoon();
        },
        settled(outcome) {
          outcomes.push(outcome);
          waiting.delete(outcome.host);
          if (outcome.ms > LATE_MS) late.set(outcome.host, outcome.ms);
          else if (outcome.ok) late.delete(outcome.host);
          tellSoon();
          return outcome;
        },
        end: () => clearTimeout(timer),
      };
    },
  };
}
