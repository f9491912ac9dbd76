import type { Cause, Diagnosis } from './cause.ts';
import { EXIT_RULES } from './exit.ts';
import type { ContainerFacts } from './facts.ts';
import { HEALTH_RULES } from './health.ts';
import { saidInLog } from './log.ts';
import { PUBLISHED_RULES } from './published.ts';
import { endOf, explainRefusal } from './refusal.ts';
import type { Rule } from './rule.ts';
import { STATE_RULES } from './state.ts';

const MAX_EVIDENCE = 3;
const MAX_CAUSES = 6;

const refused: Rule = (facts) => (facts.state.error === '' ? undefined : refusalOf(facts));

const RULES: readonly Rule[] = [refused, ...STATE_RULES, ...HEALTH_RULES, ...PUBLISHED_RULES, ...EXIT_RULES];

/** The causes of a container's trouble, the likeliest first; none for one that runs well. Pure. */
export function diagnose(facts: ContainerFacts): Diagnosis {
  const found = [...RULES.flatMap((rule) => rule(facts) ?? []), ...saidInLog(facts)];
  const causes = found
    .toSorted((a, b) => b.rank - a.rank)
    .filter(({ id }, index, all) => all.findIndex((other) => other.id === id) === index)
    .slice(0, MAX_CAUSES)
    .map((cause) => ({ ...cause, evidence: cause.evidence.slice(0, MAX_EVIDENCE) }));
  return { causes, lookedAt: lookedAt(facts), unread: facts.unread };
}

function refusalOf(facts: ContainerFacts): Cause {
  const known = explainRefusal(facts.state.error, facts);
  if (known) return known;
  return {
    id: 'not-started',
    rank: 88,
    sentence: 'The engine could not start it.',
    evidence: [endOf(facts.state.error)],
    advice: "See the engine's message.",
    next: [],
  };
}

function lookedAt({ health, lines, events, listening, engine, neighbours }: ContainerFacts): string[] {
  return [
    'state and exit code',
    "the engine's message",
    ...(health ? ['health checks'] : []),
    ...(lines ? [`${lines.length} lines of its log`] : []),
    ...(events ? ['events'] : []),
    ...(listening ? ['what listens in it'] : []),
    ...(engine ? ['memory and platform of the host'] : []),
    ...(neighbours ? ['ports and networks of other containers'] : []),
  ];
}
