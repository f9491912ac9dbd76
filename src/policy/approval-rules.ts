import type { ApprovalRule, Config } from '../config.ts';
import { select } from '../domain/selector.ts';
import { serviceName } from './services.ts';
import { type GateFacts, gateRule } from './vulnerability-gate.ts';

/** The subject of an approval request, as rules see it. */
export interface About {
  readonly command: string;
  readonly hosts: readonly string[];
  readonly service?: string | undefined;
  /** What its plan says of vulnerabilities; undefined before there is a plan. */
  readonly vulnerabilities?: GateFacts | undefined;
}

/** An approval rule that applies, and its config path. */
export interface AppliedRule {
  readonly path: string;
  readonly rule: ApprovalRule;
}

/** All rules that cover one of the hosts; each has to be satisfied. */
export function rulesFor(about: About, config: Config): readonly AppliedRule[] {
  const service = about.service === undefined ? undefined : serviceName(about.service, config);
  const gate = gateRule(about, config);
  const rules = config.approvals
    .map((rule, index) => ({ path: `approvals[${index}]`, rule }))
    .filter(
      ({ rule }) =>
        rule.commands.some((name) => name === about.command) &&
        (rule.services === undefined || (service !== undefined && rule.services.includes(service))) &&
        select(rule.hosts, config.hosts).some((host) => about.hosts.includes(host)),
    );
  return gate ? [...rules, gate] : rules;
}
