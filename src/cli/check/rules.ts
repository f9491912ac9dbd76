import { SPECS } from '../../commands/index.ts';
import type { Config, GrantConfig } from '../../config.ts';
import { matchesPattern } from '../../domain/glob.ts';
import { nearest } from '../../domain/nearest.ts';
import { type Selector, select } from '../../domain/selector.ts';
import { type Finding, warn } from './finding.ts';

/** What the config allows nobody, or about nothing: valid, and hardly meant. */
export function checkRules(config: Config): Finding[] {
  return [
    ...checkSelectors(config),
    ...checkGrants(config),
    ...checkRoles(config),
    ...checkServices(config),
    ...checkApprovals(config),
  ];
}

/** Every `hosts:` of the config, by where it stands. */
function selectorsOf(config: Config): [string, Selector][] {
  return [
    ...[...config.channels].flatMap(([id, { grants }]) =>
      grants.map(({ hosts }, index): [string, Selector] => [`channels.${id}.grants.${index}.hosts`, hosts]),
    ),
    ...[...config.services].map(([name, { hosts }]): [string, Selector] => [`services.${name}.hosts`, hosts]),
    ...(['adopt', 'approvals', 'freeze'] as const).flatMap((section) =>
      config[section].map(({ hosts }, index): [string, Selector] => [`${section}.${index}.hosts`, hosts]),
    ),
  ];
}

function checkSelectors(config: Config): Finding[] {
  const labels = new Set(
    [...config.hosts.values()].flatMap((host) => Object.entries(host.labels).map(([key, value]) => `${key}=${value}`)),
  );
  return selectorsOf(config).flatMap(([path, { terms }]) =>
    terms.flatMap((term) => {
      if (term.kind !== 'label') return [];
      const text = `${term.key}=${term.value}`;
      if (labels.has(text)) return [];
      const near = nearest(text, labels);
      const known =
        labels.size > 0 ? `Labels there are: ${[...labels].slice(0, 10).join(', ')}.` : 'No host has labels.';
      return [warn(`${path}: "${text}" matches no host`, near === undefined ? known : `Did you mean "${near}"?`)];
    }),
  );
}

/** What one grant gives: commands, for all services or some. */
interface Given {
  readonly grant: GrantConfig;
  readonly path: string;
  readonly commands: ReadonlySet<string>;
  readonly hosts: readonly string[];
}

function givenBy(config: Config): Given[] {
  const aboutService = new Set<string>(SPECS.filter(({ serviceOf }) => serviceOf).map(({ name }) => name));
  return [...config.channels].flatMap(([id, { grants }]) =>
    grants.map((grant, index) => {
      const all = config.roles.get(grant.role) ?? new Set<string>();
      const commands = grant.services ? new Set([...all].filter((name) => aboutService.has(name))) : all;
      return { grant, path: `channels.${id}.grants.${index}`, commands, hosts: select(grant.hosts, config.hosts) };
    }),
  );
}

function checkGrants(config: Config): Finding[] {
  const empty = [...config.channels]
    .filter(([, { grants }]) => grants.length === 0)
    .map(([id]) =>
      warn(`channels.${id}: it has no grants, so nobody can do anything there`, 'Add a grant, or drop the channel.'),
    );
  const useless = givenBy(config).flatMap(({ grant: { role, services }, path, commands, hosts }) => {
    if (services && commands.size === 0)
      return [
        warn(
          `${path}: it gives nothing: no command of the role "${role}" is about a service`,
          `Drop "services", or name a role with commands such as deploy.`,
        ),
      ];
    if (hosts.length === 0) return [];
    return (services ?? [])
      .filter((name) => !homeOf(name, config).some((host) => hosts.includes(host)))
      .map((name) => warn(`${path}: the service "${name}" is on none of its hosts`, 'Correct "hosts" or "services".'));
  });
  return [...empty, ...useless];
}

function checkRoles(config: Config): Finding[] {
  const used = new Set<string>();
  const use = (role: string) => {
    if (used.has(role)) return;
    used.add(role);
    for (const parent of config.roleParents.get(role) ?? []) use(parent);
  };
  const given = givenBy(config).filter(({ commands, hosts }) => commands.size > 0 && hosts.length > 0);
  for (const { grant } of given) use(grant.role);
  return [...config.roles].flatMap(([role, commands]) => {
    if (commands.size === 0) return [warn(`roles.${role}: it has no commands`, 'Add commands, or drop the role.')];
    if (used.has(role)) return [];
    const isGranted = givenBy(config).some(({ grant }) => grant.role === role);
    const why = isGranted ? 'each of its grants gives nothing' : 'no channel grants it';
    return [warn(`roles.${role}: nobody can use it: ${why}`, 'Grant it in a channel, or drop the role.')];
  });
}

function checkServices(config: Config): Finding[] {
  const deploys = givenBy(config).filter(({ commands }) => commands.has('deploy'));
  return [...config.services.keys()].flatMap((name) => {
    const home = homeOf(name, config);
    // That its selector matches nothing is said there.
    if (home.length === 0) return [];
    const image = config.services.get(name)?.image ?? '';
    const isAllowed = config.images.allow.some((pattern) => matchesPattern(pattern, image));
    const refused = isAllowed
      ? []
      : [
          warn(
            `services.${name}.image: images.allow does not allow ${image}`,
            'Add it there, or it cannot be deployed.',
          ),
        ];
    const covering = deploys.filter(({ grant }) => grant.services?.includes(name) ?? true);
    const isDeployable = covering.some(({ hosts }) => home.some((host) => hosts.includes(host)));
    if (isDeployable) return refused;
    return [
      ...refused,
      warn(`services.${name}: nobody can deploy it`, 'Grant a role with deploy for its hosts in a channel.'),
    ];
  });
}

function checkApprovals(config: Config): Finding[] {
  return config.approvals.flatMap(({ from, count, self }, index) => {
    const groups = from.map((name) => config.groups.get(name));
    // Who is in a user group is Slack's to say.
    if (groups.some((group) => group?.usergroup !== undefined)) return [];
    const people = new Set(groups.flatMap((group) => group?.people ?? []));
    if (people.size < count)
      return [
        warn(
          `approvals.${index}: ${count} people have to approve, and "from" has ${people.size}`,
          'Lower "count", or add people to the groups.',
        ),
      ];
    if (people.size > count || self) return [];
    return [
      warn(
        `approvals.${index}: what one of ${[...people].join(', ')} asks, nobody can approve: they are all there are`,
        'Add people to the groups of "from", or set self: true.',
      ),
    ];
  });
}

function homeOf(service: string, config: Config): string[] {
  const found = config.services.get(service);
  return found ? select(found.hosts, config.hosts) : [];
}
