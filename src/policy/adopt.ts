import type { Config } from '../config.ts';
import { matchesPattern } from '../domain/glob.ts';
import { select } from '../domain/selector.ts';

/** A container that no service of the config describes, and what would take its place. */
export interface Adopting {
  readonly container: string;
  readonly host: string;
  /** The repository it is proven to run, canonical; undefined when nothing proves one. */
  readonly runs: string | undefined;
  /** The repository that would run, canonical. */
  readonly wanted: string;
}

export type MayAdopt =
  /** `rule`: where in the config it is allowed. */
  | { readonly may: true; readonly rule: string }
  | {
      readonly may: false;
      /** `other_repository`: an entry has the container, and only for the repository that runs. */
      readonly reason: 'not_listed' | 'other_repository';
      readonly why: string;
      /** The lines of the config that would allow it. */
      readonly hint: string;
    };

/**
 * Whether a container may be deployed without being a service. What takes its place gets its variables, volumes and
 * privileges, so that is closed by default and, where it is open, for the repository that runs already.
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
