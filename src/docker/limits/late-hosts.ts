export type OnLate<Outcome> = (outcomes: readonly Outcome[], waiting: readonly string[]) => void;

interface Settled {
  readonly host: string;
  readonly ok: boolean;
  readonly ms: number;
}

interface Watch<Outcome extends Settled> {
  settled<Own extends Outcome>(outcome: Own): Own;
  end(): void;
}

export interface LateHosts {
  watch<Outcome extends Settled>(names: readonly string[], onLate: OnLate<Outcome> | undefined): Watch<Outcome>;
}

/** Milliseconds after the last answer at which a host counts as late. */
const LATE_MS = 250;

/**
 * Reports hosts that keep the others' answers waiting: shortly after the last answer, or at once when all missing hosts
 * were late the last time too.
 */
export function createLateHosts(): LateHosts {
  // A host that fails at once because it is known to be dead stays in here: only a quick answer removes it.
  const late = new Set<string>();
  return {
    watch(names, onLate) {
      const outcomes: Parameters<NonNullable<typeof onLate>>[0][number][] = [];
      const waiting = new Set(names);
      let timer: NodeJS.Timeout | undefined;
      let isTold = onLate === undefined;
      const tell = () => {
        isTold = true;
        for (const host of waiting) late.add(host);
        onLate?.(outcomes, [...waiting]);
      };
      return {
        settled(outcome) {
          outcomes.push(outcome);
          waiting.delete(outcome.host);
          if (outcome.ms > LATE_MS) late.add(outcome.host);
          else if (outcome.ok) late.delete(outcome.host);
          clearTimeout(timer);
          const isUseful = waiting.size > 0 && outcomes.some(({ ok }) => ok);
          if (!isTold && isUseful) timer = setTimeout(tell, [...waiting].every((host) => late.has(host)) ? 0 : LATE_MS);
          return outcome;
        },
        end: () => clearTimeout(timer),
      };
    },
  };
}
