import type { BudgetSettings, Spending } from '../../domain/budget.ts';

const MANY_PEOPLE = 1000;

/** Times of a person's last commands in a ring; the oldest is at `next`. */
interface Spent {
  readonly times: Float64Array;
  next: number;
  last: number;
}

/** A sliding window in the memory of this process. Bottleneck's reservoir could not say how long to wait. */
export function createBudget({ commands, perMs }: BudgetSettings): (person: string) => Spending {
  const spent = new Map<string, Spent>();
  return (person) => {
    const now = performance.now();
    const own = spent.get(person) ?? {
      times: new Float64Array(commands).fill(Number.NEGATIVE_INFINITY),
      next: 0,
      last: 0,
    };
    const oldest = own.times[own.next] as number;
    if (oldest > now - perMs) return { ok: false, waitMs: Math.ceil(oldest + perMs - now) };
    own.times[own.next] = now;
    own.next = (own.next + 1) % commands;
    own.last = now;
    spent.set(person, own);
    if (spent.size > MANY_PEOPLE) forgetIdle(spent, now - perMs);
    return { ok: true };
  };
}

function forgetIdle(spent: Map<string, Spent>, before: number): void {
  for (const [person, { last }] of spent) if (last <= before) spent.delete(person);
}
