import { sayDuration } from '../../domain/duration.ts';
import { code } from '../../domain/errors.ts';
import { sayStreak } from '../../text/times.ts';
import { type Cause, SURE } from './cause.ts';
import type { ContainerFacts, HealthFacts } from './facts.ts';
import { showLog } from './next.ts';
import { groupsOf, type Rule } from './rule.ts';

interface HealthRule {
  readonly id: string;
  /** It says only that the program is not well; its log may say why. */
  readonly isSymptom?: true;
  readonly patterns: readonly RegExp[];
  readonly say: (found: readonly (string | undefined)[], health: HealthFacts) => Pick<Cause, 'sentence' | 'advice'>;
}

/** Below what the log of an unhealthy container says. */
const SYMPTOM = SURE.said + 8;
const FIRST = /(?:wget|curl|nc|pg_isready|redis-cli|mysqladmin|\/\S{1,200})/u;

/** What the last failed health check says. */
const RULES: readonly HealthRule[] = [
  {
    id: 'health-command-missing',
    patterns: [
      /exec: "([^"]{1,200})": .{0,200}not found|(?:^|[\s:])([\w./-]{1,200}): (?:command )?not found|executable file not found/iu,
    ],
    say: ([exec, shell], { test }) => ({
      sentence: `Its health check cannot run: the image has no ${code(exec ?? shell ?? FIRST.exec(test.join(' '))?.[0] ?? 'such program')}.`,
      advice: 'Install the program in the image, or check with one it has.',
    }),
  },
  {
    id: 'health-timeout',
    patterns: [/Health check exceeded timeout \(([^)]{1,40})\)/iu],
    say: ([timeout = '']) => ({
      sentence: `Its health check takes longer than its timeout of ${timeout}: the program does not answer in time.`,
      advice: 'Find what keeps it busy, or raise the timeout of the check.',
    }),
  },
  {
    id: 'health-name-unknown',
    patterns: [/bad address|could not resolve|name or service not known|no such host/iu],
    say: () => ({
      sentence: 'Its health check asks a host name that does not resolve.',
      advice: 'Check against 127.0.0.1 within the container.',
    }),
  },
  {
    id: 'health-nothing-listens',
    isSymptom: true,
    patterns: [/connection refused|failed to connect|can't connect|couldn't connect/iu],
    say: (_, { test }) => ({
      sentence: 'Its health check is refused: nothing listens on the port it asks for.',
      advice: `Compare the port of the check with the one the program listens on: ${code(test.slice(1).join(' '))}`,
    }),
  },
  {
    id: 'health-http-error',
    isSymptom: true,
    patterns: [
      /(?:HTTP\/1\.[01]|returned error:|status(?: code)?:?) ?:?(?:HTTP\/1\.[01] )?([45]\d\d)|\b([45]\d\d) (?:Not Found|Internal Server Error|Service Unavailable|Unauthorized|Forbidden|Bad Gateway)/iu,
    ],
    say: ([status, other]) => ({
      sentence: `Its health check gets HTTP ${status ?? other}: the program answers, and says it is not well.`,
      advice: 'Ask the program why in its log, and check the path of the health check.',
    }),
  },
];

/** Causes that its health check shows. */
export const HEALTH_RULES: readonly Rule[] = [
  (facts) => {
    const { health, state } = facts;
    if (!health || state.status !== 'running' || health.status === 'healthy') return undefined;
    const failed = health.checks.findLast(({ exitCode }) => exitCode !== 0);
    const isUnhealthy = health.status === 'unhealthy';
    if (!failed) return health.status === 'starting' ? notCheckedYet(facts, health) : undefined;
    const evidence = [
      `${isUnhealthy ? `failed ${sayStreak(health.failingStreak)}` : 'has not passed yet'}: exit ${failed.exitCode}: ${failed.output || 'no output'}`,
      `check: ${health.test.join(' ')}`,
    ];
    const rank = (isUnhealthy ? SURE.told : SURE.seen) + 2;
    for (const { id, patterns, say, isSymptom } of RULES) {
      const found = groupsOf(patterns, failed.output);
      if (found)
        return {
          id,
          rank: isSymptom ? SYMPTOM : rank,
          evidence,
          next: [showLog(facts)],
          ...say(found, health),
        };
    }
    return {
      id: 'health-check-fails',
      rank: SYMPTOM,
      sentence: `Its health check fails with exit code ${failed.exitCode}${failed.output === '' ? ' and says nothing' : ''}.`,
      evidence,
      advice: 'Its log has the details; run the check by hand in the container.',
      next: [showLog(facts)],
    };
  },
];

function notCheckedYet(facts: ContainerFacts, { intervalMs, startPeriodMs, test }: HealthFacts): Cause {
  const every = sayDuration(intervalMs || 30_000);
  return {
    id: 'health-not-checked-yet',
    rank: SURE.guessed,
    sentence: `It is starting: its health check has not been run yet, and is due every ${every}.`,
    evidence: [
      `check: ${test.join(' ')}`,
      ...(startPeriodMs > 0 ? [`start period ${sayDuration(startPeriodMs)}`] : []),
    ],
    advice: `Wait for the first check. A shorter interval or start interval tells sooner.`,
    next: [showLog(facts)],
  };
}
