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

/** The habit about an option, by its name without dashes. */
export function habitOf(habits: Habits | undefined, name: string): KnownHabit | undefined {
  for (const [names, habit] of Object.entries(habits ?? {})) {
    const takesValue = names.endsWith('=');
    if (names.replace(/=$/u, '').split(' ').includes(name)) return { habit, takesValue };
  }
  return undefined;
}

/** Docker's options for another engine. */
export const HOSTS_ARE_CHOSEN: Habit = {
  as: (value) => (value === '' ? undefined : ['--on', value]),
  say: 'Hosts are chosen with `--on`.',
};

/** Docker's `--format`, for lists. */
export const ROWS_ARE_JSON: Habit = 'Slack gets a table; `fairlead run` with --json gives every field.';
