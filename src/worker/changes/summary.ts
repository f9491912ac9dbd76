import type { DeploymentFacts } from '../../changes/event.ts';
import type { Place } from '../../handlers/deploy/card/places.ts';
import { cut } from '../../text/cut.ts';
import { named } from '../../text/names.ts';
import { restOf } from './rest.ts';

const NAMES = 100;

/** One sentence or two for people and for tools that read messages: service, version, environment, commit. */
export function summaryOf(
  facts: Omit<DeploymentFacts, 'end'>,
  verdict: string | undefined,
  places: readonly Place[],
): string {
  const { commit, breakGlass } = facts;
  const said = verdict === undefined ? begins(facts) : ended(facts, verdict, places);
  const source = commit?.repository === undefined ? '' : ` of ${commit.repository.replace(/^https:\/\//u, '')}`;
  return [
    said,
    ...(commit === undefined
      ? []
      : [`Commit ${commit.sha.slice(0, 12)}${source}${commit.source === 'signed' ? '' : ' (not signed)'}.`]),
    ...(breakGlass === undefined ? [] : [`Without approval (break-glass): ${cut(breakGlass, 300)}`]),
  ].join(' ');
}

function begins(facts: Omit<DeploymentFacts, 'end'>): string {
  const { action, service, version } = facts;
  return action === 'rollback'
    ? `Rolling ${service} back to ${version}${place(facts, 'in')}${before(facts)}.`
    : `Deploying ${service} ${version}${place(facts, 'to')}${before(facts)}.`;
}

function ended(facts: Omit<DeploymentFacts, 'end'>, verdict: string, places: readonly Place[]): string {
  const { action, service, version, hostCount } = facts;
  const what = `${service} ${version}`;
  switch (verdict) {
    case 'deployed':
      return action === 'rollback'
        ? `${service} is rolled back to ${version}${place(facts, 'in')}${before(facts)}.`
        : `${what} is deployed${place(facts, 'to')}${before(facts)}.`;
    case 'partial':
      return `${what} is on ${places.filter(({ has }) => has === 'new').length} of ${hostCount} hosts only${where(facts, 'in')}${restOf(places)}.`;
    case 'rolled_back':
      return `${what} failed and was rolled back${place(facts, 'in')}.`;
    case 'failed_kept_old':
      return places.some(({ has }) => has === undefined)
        ? `${what} was not deployed${place(facts, 'to')}. Nothing changed.`
        : `${what} was not deployed${place(facts, 'to')}: it failed before the version in service was stopped.`;
    case 'aborted':
      return `The ${action} of ${what}${place(facts, 'in')} was aborted.`;
    case 'refused':
      return `The ${action} of ${what}${place(facts, 'in')} was not started. Nothing changed.`;
    default:
      return `${what} needs attention${place(facts, 'in')}${restOf(places)}.`;
  }
}

const where = ({ environments }: Pick<DeploymentFacts, 'environments'>, word: 'in' | 'to') =>
  environments.length === 0 ? '' : ` ${word} ${named(environments, NAMES)}`;

function place(facts: Pick<DeploymentFacts, 'environments' | 'hostCount'>, word: 'in' | 'to'): string {
  return `${where(facts, word)} (${facts.hostCount} ${facts.hostCount === 1 ? 'host' : 'hosts'})`;
}

const before = ({ from }: Pick<DeploymentFacts, 'from'>) =>
  from.length === 0 ? '' : `, replacing ${named(from, NAMES)}`;
