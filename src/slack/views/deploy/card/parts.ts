import type { KnownBlock } from '@slack/types';
import type { Card } from '../../../../handlers/deploy/card/card.ts';
import type { DeployPlan } from '../../../../handlers/deploy/planning/types.ts';
import { commitPath } from '../../../../proof/commit-address.ts';
import { cut } from '../../../../text/cut.ts';
import { named } from '../../../../text/names.ts';
import { section } from '../../../block-kit/message.ts';
import { dayAndClock, linked } from '../../../block-kit/text.ts';
import { mention } from '../../parts/mention.ts';

// The first posting of a card tells those it mentions; they were not asked, so they hear of it here.
export function glassBlocks({ glass }: Card): KnownBlock[] {
  if (!glass) return [];
  if (glass.signedBy !== undefined)
    return [section(`:rotating_light: *Break-glass*; reviewed and signed by <@${glass.signedBy}>.`)];
  const by = glass.dueAt === undefined ? '' : ` by ${dayAndClock(glass.dueAt)}`;
  const who = glass.signers.length === 0 ? 'Somebody' : glass.signers.map(mention).join(' ');
  return [
    section(`:rotating_light: *Break-glass*: nobody approved this. ${who}: please look, and sign the review${by}.`),
  ];
}

export function stepWord(plan: DeployPlan): string {
  const words: Partial<Record<DeployPlan['step'], string>> = {
    first: ' (for the first time)',
    patch: ' (patch)',
    minor: ' (minor)',
    major: ' — a *major* version',
    downgrade: plan.action === 'deploy' ? ' — a *downgrade*' : '',
  };
  return words[plan.step] ?? '';
}

export function reasonLine(plan: DeployPlan): string {
  return plan.reason === undefined ? '' : `\n> ${linked(cut(plan.reason, 300).replace(/\s+/gu, ' '))}`;
}

// A line whose secret values were left out cannot be said again by a click.
export function repeatable({ line }: Card): boolean {
  return !line.includes('***');
}

/**
 * The text of a card without formatting, for notifications and for tools that read messages: its headline, the environment,
 * and the commit with its address.
 */
export function cardText({ plan, environments }: Pick<Card, 'plan' | 'environments'>, headline: string): string {
  const { proof } = plan;
  const built = proof?.built ?? proof?.claimed;
  const { repository, commit } = built ?? {};
  const path = repository === undefined ? undefined : commitPath(repository);
  const address = path === undefined ? '' : ` ${repository}${path}/commit/${commit}`;
  const facts = [
    ...(environments.length === 0 ? [] : [`environment ${named(environments, 100)}`]),
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}${proof?.built ? '' : ' (not signed)'}${address}`]),
  ];
  return [bare(headline), ...facts].join(' · ');
}

/** Without the marks of formatting. */
export function bare(text: string): string {
  return text
    .replace(/^:[a-z_]+: /u, '')
    .replaceAll('*', '')
    .replaceAll('`', '');
}
