import { type Cause, SURE } from './cause.ts';
import type { ContainerFacts } from './facts.ts';
import { LOG_RULES } from './log-rules.ts';
import { showLog } from './next.ts';
import { groupsOf, isDown, isLooping, lastExit } from './rule.ts';

/** Lines before the last that are looked at: the cause is near the end, often above a stack trace. */
const LOOKED_AT = 40;
const MAX_SAID = 3;

/** Causes that the last lines of the log name. Of a container that runs well they are worth a look, no more. */
export function saidInLog(facts: ContainerFacts): Cause[] {
  const lines = facts.lines?.slice(-LOOKED_AT) ?? [];
  const base = SURE.said + weight(facts);
  const found: Cause[] = [];
  for (const [index, { id, patterns, say }] of LOG_RULES.entries()) {
    const at = lines.findLastIndex((line) => patterns.some((pattern) => pattern.test(line)));
    const line = lines[at];
    const groups = line === undefined ? undefined : groupsOf(patterns, line);
    if (line === undefined || !groups) continue;
    const said = say(groups, facts, line);
    // Earlier rules are the more specific ones.
    const rank = base - index / 100;
    found.push({ id, rank, evidence: [line], next: [showLog(facts)], ...said });
  }
  return found.slice(0, MAX_SAID);
}

/** What a log says counts most of a container that ended with an error, and little of one that is well. */
function weight(facts: ContainerFacts): number {
  if (isDown(facts) || isLooping(facts)) return lastExit(facts) === 0 ? -10 : 15;
  if (facts.health?.status === 'unhealthy') return 10;
  return facts.health?.status === 'healthy' ? -40 : -15;
}
