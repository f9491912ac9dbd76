import { cutStart } from '../../text/cut.ts';
import { type Cause, SURE } from './cause.ts';
import { FILE_RULES } from './refusal-files.ts';
import { HOST_RULES } from './refusal-host.ts';
import { NETWORK_RULES } from './refusal-network.ts';
import { groupsOf, type Place, type RefusalRule } from './rule.ts';

const SHOWN_CHARS = 190;

/** The end of an engine's message: it wraps a cause in the words of several programs, and names it last. */
export const endOf = (engineSaid: string): string => cutStart(engineSaid, SHOWN_CHARS);

// The first that matches counts: an engine wraps one cause in the words of another.
const RULES: readonly RefusalRule[] = [...HOST_RULES, ...NETWORK_RULES, ...FILE_RULES];

/** Why an engine refused to create or start a container; undefined for words that no rule knows. */
export function explainRefusal(engineSaid: string, place: Place): Cause | undefined {
  for (const { id, patterns, say } of RULES) {
    const found = groupsOf(patterns, engineSaid);
    if (found)
      return { id, rank: SURE.told, evidence: [endOf(engineSaid)], next: [], ...say(found, place, engineSaid) };
  }
  return undefined;
}
