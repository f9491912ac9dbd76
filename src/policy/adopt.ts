import type { Config } from '../config.ts';
import { matchesPattern } from '../domain/glob.ts';
import { select } from '../domain/selector.ts';

/** A container outside the config's services, and the version that would replace it. */
export interface Adopting {
  readonly container: string;
  readonly host: string;
  /** Canonical repository the container provably runs; undefined without proof. */
  readonly runs: string | undefined;
  /** Canonical repository of the new version. */
  readonly wanted: string;
}

export type MayAdopt =
  /** `rule`: config path that allows it. */
  | { readonly may: true; readonly rule: string }
  | {
      readonly may: false;
      /** `other_repository`: an entry allows the container, but only with the repository that runs. */
      readonly reason: 'not_listed' | 'other_repository';
      readonly why: string;
      /** Config lines that would allow it. */
      readonly hint: string;
    };

/**
 * Whether a container outside the config's services may be deployed. The new version inherits its variables, volumes and
 * privileges, so this is denied by default and, where allowed, limited to the repository that already runs.
 */
export function mayAdopt({ container, host, runs, wanted }: Adopting, config: Config): MayAdopt {
  const fitting = config.adopt
    .map((entry, index) => ({ entry, rule: `adopt[${index}]` }))
    .filter(({ entry }) => select(entry.hosts, config.hosts).includes(host))
    .filter(({ entry }) => entry.containers.some((pattern) => matchesPattern(pattern, container)));
  const found = fitting.find(({ entry }) => entry.otherRepository || runs === wanted);
  if (found) return { may: true, rule: found.rule };
  const line = `{ containers: [${container}], hosts: ${host}`;
  if (fitting.length === 0)
    return {
      may: false,
      reason: 'not_listed',
      why: `\`${container}\` on ${host} is no service of the config, and no container that may be deployed as it is (\`adopt\`).`,
      hint: `Add a service, or under \`adopt\`: \`- ${line} }\``,
    };
  const what = runs === undefined ? 'nothing proves which repository it runs' : `it runs \`${runs}\``;
  return {
    may: false,
    reason: 'other_repository',
    why: `\`${wanted}\` would get the variables, volumes and rights of \`${container}\` on ${host}, and ${what} (\`${fitting[0]?.rule}\`).`,
    hint: `To allow that, under \`adopt\`: \`- ${line}, otherRepository: true }\``,
  };
}
