import type { Phrase } from '../../domain/phrase.ts';

/** What to do about an option of docker's that a command does not have. */
export type Habit =
  /** It changes nothing here, and is left out. */
  | 'ignored'
  /** What to type instead, in a sentence. */
  | Phrase
  | HabitAs;

interface HabitAs {
  /** Words of ours that mean the same for that value, with so many arguments before it; undefined when there are none. */
  as(value: string, before: number): readonly string[] | undefined;
  /** What to type instead, for a value without such options. */
  readonly say: Phrase;
}

export const isHabitAs = (habit: Habit): habit is HabitAs => typeof habit === 'object' && 'as' in habit;

/** By docker's names: `f force` is `-f` and `--force`; with `=` at the end it takes a value. */
export type Habits = Readonly<Record<string, Habit>>;

export interface KnownHabit {
  readonly habit: Habit;
  readonly takesValue: boolean;
}

/** What habits a command has depends on. */
interface Habitual {
  readonly habits?: Habits;
  readonly onHosts: boolean;
  readonly effect: 'read' | 'change';
}

/** The habit about an option, by its name without dashes: the command's own, or one of all of its kind. */
export function habitOf({ habits, onHosts, effect }: Habitual, name: string): KnownHabit | undefined {
  const all = { ...habits, ...(onHosts ? ENGINE : {}), ...(effect === 'change' ? CONFIRMED : {}) };
  for (const [names, habit] of Object.entries(all)) {
    const takesValue = names.endsWith('=');
    if (names.replace(/=$/u, '').split(' ').includes(name)) return { habit, takesValue };
  }
  return undefined;
}

/** Docker's options for another engine. */
const ENGINE: Habits = {
  'H host hosts context=': {
    as: (value) => (value === '' ? undefined : ['--on', value]),
    say: 'Hosts are chosen with `--on`.',
  },
};

/** What a change asks first is asked on a card; where it asks nothing, there is nothing to confirm. */
const CONFIRMED: Habits = { 'y yes': 'ignored' };

/** Docker's `--format`, for lists. */
export const ROWS_ARE_JSON: Habit = 'Slack gets a table; `fairlead run` with --json gives every field.';
