import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, longest first. A fresh clone has no times of an earlier run, and vitest then goes by size:
 * some of these would begin last and run alone at the end.
 */
const LONGEST = [
  'docker/rollout/kill',
  'e2e/deploy-crash',
  'docker/swarm/rollout',
  'e2e/deploy-clicks',
  'e2e/commands',
  'e2e/deploy-ways',
  'e2e/deploy',
  'e2e/slack-away',
  'docker/rollout/rollback',
  'handlers/exec-kills',
  'e2e/lifecycle',
  'e2e/deploy-slack-away',
  'handlers/push-refused',
  'handlers/signed',
  'e2e/kills',
  'docker/rollout/host-faults',
  'docker/rollout/crash',
  'docker/rollout/outage',
  'pictures/pictures',
  'lambda/waves',
  'why/why',
  'handlers/adopted-tag',
  'store/on-postgres',
  'policy/approvals',
  'e2e/playground-end',
  'e2e/playground',
  'replicas/storm',
  'e2e/clock',
  'e2e/suspended',
  'e2e/deploy-database-hangs',
  'slack/live-gone',
  'fleet/deploy',
  // Not among the first: it measures, and they need both processors.
  'regexes/regexes',
];

/** Begins with the longest files, so that the workers end together. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.indexOf(relative('test', moduleId).replace(/\.test\.ts$/u, ''));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
