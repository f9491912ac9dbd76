import type { ApprovalRule, Config } from '../config.ts';
import { select } from '../domain/selector.ts';
import { serviceName } from './services.ts';

/** What a question is about. */
export interface About {
  readonly command: string;
  readonly hosts: readonly string[];
  readonly service?: string | undefined;
}

/** A rule of the config that applies, and where it stands. */
export interface AppliedRule {
  readonly path: string;
  readonly rule: ApprovalRule;
}

/** Every rule that covers one of the hosts. All of them have to be satisfied. */
export function rulesFor(about: About, config: Config): readonly AppliedRule[] {
  const service = about.service === undefined ? undefined : serviceName(about.service, config);
  return config.approvals
    .map((rule, index) => ({ path: `approvals[${index}]`, rule }))
    .filter(
      ({ rule }) =>
        rule.commands.some((name) => name === about.command) &&
        (rule.services === undefined || (service !== undefined && rule.services.includes(service))) &&
        select(rule.hosts, config.hosts).some((host) => about.hosts.includes(host)),
    );
}
