import type { Config } from '../../../config.ts';
import { UserError } from '../../../domain/errors.ts';
import { parseReference } from '../../../domain/reference.ts';
import { type AppliedRule, rulesFor } from '../../../policy/approval-rules.ts';
import { serviceOfRepository } from '../../../policy/publish.ts';

export interface PublishRules {
  /** The service whose repository the target is. */
  readonly service: string | undefined;
  readonly rules: readonly AppliedRule[];
}

/** The approval rules of a plan that changes a tag. */
export function publishRules(
  command: 'tag' | 'push',
  { target, hosts }: { readonly target: string; readonly hosts: readonly { readonly host: string }[] },
  config: Config,
): PublishRules {
  const service = serviceOfRepository(parseReference(target), config);
  return { service, rules: rulesFor({ command, hosts: hosts.map(({ host }) => host), service }, config) };
}

/** Without an approval rule a person could approve their own request, so nothing is replaced then. */
export function noRule(command: 'tag' | 'push'): UserError {
  return new UserError(
    'not_configured',
    'Replacing this takes an approval, and no rule of the config says who approves it.',
    `Add one under \`approvals\`: \`{ commands: [${command}], hosts: all, from: [oncall] }\`.`,
  );
}

/** A registry belongs to no host, so the rules of every host apply to it. */
export const everyHost = ({ hosts }: Pick<Config, 'hosts'>) => [...hosts.keys()].map((host) => ({ host }));
