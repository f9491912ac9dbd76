import type { BudgetSettings, Spending } from '../domain/budget.ts';
import { occasionally } from './occasionally.ts';
import { onlyRow } from './rows.ts';
import type { Sql } from './sql.ts';

/** What people may still ask for, over all processes on a store. */
export interface Budgets {
  /** Takes one command from a person's budget, or returns how long to wait. Budgets that are whole again are forgotten now and then. */
  spend(person: string, settings: BudgetSettings): Promise<Spending>;
}

/**
 * A budget that refills steadily, in one number for each person: the moment at which it would be whole again. A command moves
 * that by `perMs / commands`, and is refused where it would come to lie more than `perMs` ahead. Whatever a count over the last
 * `perMs` lets through passes; beyond that, a person who has used the whole budget at once gets it back bit by bit instead
 * of all at once, so any `perMs` may hold up to twice the budget less one.
 *
 * `clock` is milliseconds by the database's clock, in SQL: those of the replicas may differ.
 */
export function createBudgets(sql: Sql, clock: string, cleanEvery?: number): Budgets {
  // What is further ahead than a whole budget is from before the clock was set back, or the budget was made smaller.
  const from = `(case when budgets.used_until between ${clock} and ${clock} + $3 then budgets.used_until else ${clock} end)`;
  // A row whose moment has passed says what no row says. One that a command moves meanwhile is looked at again, and stays.
  const clean = occasionally(() => sql.atomic(`delete from budgets where used_until < ${clock}`), cleanEvery);
  return {
    async spend(person, { commands, perMs }) {
      const each = Math.max(1, Math.floor(perMs / commands));
      const taken = await sql.atomic(
        `insert into budgets (person, used_until) values ($1, ${clock} + $2)
         on conflict (person) do update set used_until = ${from} + $2
         where budgets.used_until not between ${clock} + $3 - $2 + 1 and ${clock} + $3 returning person`,
        [person, each, perMs],
        'process',
      );
      if (taken.length === 1) {
        await clean();
        return { ok: true };
      }
      // The row may be gone by now.
      const rows = await sql.query<{ wait: number }>(
        `select coalesce(max(used_until), 0) - ${clock} - $2 as wait from budgets where person = $1`,
        [person, perMs - each],
      );
      return { ok: false, waitMs: Math.max(1, onlyRow(rows).wait) };
    },
  };
}
