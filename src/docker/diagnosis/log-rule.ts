import type { ContainerFacts } from './facts.ts';
import type { TextRule } from './rule.ts';

/** A cause by a line of a log. */
export type LogRule = TextRule<ContainerFacts>;
