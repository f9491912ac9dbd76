import type { Cause } from './cause.ts';
import type { ContainerFacts } from './facts.ts';

/** A cause as far as the facts show it. Pure. */
export type Rule = (facts: ContainerFacts) => Cause | undefined;

/** Where an engine refused; more than the host is known of a container that exists. */
export type Place = Pick<ContainerFacts, 'host'> & Partial<ContainerFacts>;

/** A cause by words of an engine or a program. Quantifiers are bounded: the words may be others'. */
export interface TextRule<Where> {
  readonly id: string;
  readonly patterns: readonly RegExp[];
  /** `found` are the groups of the pattern that matched, `said` the whole text. */
  readonly say: (
    found: readonly (string | undefined)[],
    where: Where,
    said: string,
  ) => Pick<Cause, 'sentence' | 'advice'> & Partial<Cause>;
}

export type RefusalRule = TextRule<Place>;

/** It has ended, and is not started again. */
export const isDown = ({ state }: ContainerFacts) => state.status === 'exited' || state.status === 'dead';

/** It has ended, and was or will be started again. */
export const isLooping = ({ state, restarts }: ContainerFacts) =>
  state.status === 'restarting' || (state.status === 'running' && restarts > 0);

/** The exit code of its last end; engines report 0 for a container that runs. */
export function lastExit({ state, events }: ContainerFacts): number | undefined {
  if (state.status !== 'running' && state.status !== 'paused') return state.exitCode;
  return events?.findLast(({ action }) => action === 'die')?.exitCode;
}

/** The groups of the first pattern that matches; undefined when none does. */
export function groupsOf(patterns: readonly RegExp[], text: string): readonly (string | undefined)[] | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found) return [...found].slice(1);
  }
  return undefined;
}

/** The first group that took part in a match. */
export const first = (found: readonly (string | undefined)[]): string => found.find((one) => one !== undefined) ?? '';
