import { type Selector, select } from '../domain/selector.ts';
import { servicesOf } from './changes.ts';
import type { Sections } from './sections.ts';
import { didYouMean } from './spelling.ts';

type Path = (string | number)[];
export interface Mistake {
  readonly path: Path;
  readonly message: string;
}

/** What names something that is not there, or two things that would be one. */
export function checkLinks(file: Sections): Mistake[] {
  const mistakes: Mistake[] = [];
  const one = (path: Path, kind: string, name: string, known: object) => {
    if (Object.hasOwn(known, name)) return;
    mistakes.push({ path, message: `there is no ${kind} "${name}"${didYouMean(name, Object.keys(known))}` });
  };
  const groups = (path: Path, names: readonly string[] = []) => {
    for (const [at, name] of names.entries()) one([...path, at], 'group', name, file.groups);
  };
  const services = (path: Path, names: readonly string[] = []) => {
    for (const [at, name] of names.entries()) one([...path, at], 'service', name, file.services);
  };
  const hosts = (path: Path, selector: Selector) => {
    for (const term of selector.terms) if (term.kind === 'host') one(path, 'host', term.name, file.hosts);
  };

  for (const [name, role] of Object.entries(file.roles))
    for (const [at, parent] of role.extends.entries()) one(['roles', name, 'extends', at], 'role', parent, file.roles);
  for (const [id, channel] of Object.entries(file.channels)) {
    for (const [index, grant] of channel.grants.entries()) {
      const path = ['channels', id, 'grants', index];
      one([...path, 'role'], 'role', grant.role, file.roles);
      groups([...path, 'to'], grant.to);
      hosts([...path, 'hosts'], grant.hosts);
      services([...path, 'services'], grant.services);
    }
  }
  for (const [index, rule] of file.approvals.entries()) {
    groups(['approvals', index, 'from'], rule.from);
    hosts(['approvals', index, 'hosts'], rule.hosts);
    services(['approvals', index, 'services'], rule.services);
    if (rule.commands.includes('prune')) mistakes.push(...forPrune(['approvals', index], rule));
    if (rule.commands.includes('grant')) mistakes.push(...forGrant(['approvals', index], rule));
  }
  for (const [name, { mirror }] of Object.entries(file.registries)) {
    const [at = ''] = mirror?.split('/') ?? [];
    if (mirror !== undefined) one(['registries', name, 'mirror'], 'registry', at, file.registries);
    if (at === name) mistakes.push({ path: ['registries', name, 'mirror'], message: 'is the registry itself' });
  }
  for (const [index, entry] of file.adopt.entries()) hosts(['adopt', index, 'hosts'], entry.hosts);
  for (const [index, window] of file.freeze.entries()) {
    hosts(['freeze', index, 'hosts'], window.hosts);
    services(['freeze', index, 'services'], window.services);
  }
  groups(['breakGlass', 'from'], file.breakGlass?.from);
  const { vulnerabilities: gate } = file.gates;
  if (gate) {
    const path = ['gates', 'vulnerabilities'];
    groups([...path, 'from'], gate.from);
    hosts([...path, 'hosts'], gate.hosts);
    services([...path, 'services'], gate.services);
    if (!file.scanner) mistakes.push({ path, message: 'needs a scanner: add one under `scanner`' });
  }
  for (const [name, receiver] of Object.entries(file.changes.receivers)) {
    const key = receiver.kind === 'github' ? 'repositories' : 'services';
    services(['changes', 'receivers', name, key], servicesOf(receiver));
  }
  for (const [name, service] of Object.entries(file.services)) hosts(['services', name, 'hosts'], service.hosts);
  return [...mistakes, ...twoInOne(file)];
}

/** A prune is about no service and takes one yes: with these it would be guarded by nothing, or never be done. */
function forPrune(path: Path, { services, count, stepUp }: Sections['approvals'][number]): Mistake[] {
  const options = { services: services !== undefined, count: count > 1, stepUp: stepUp !== undefined };
  return Object.entries(options)
    .filter(([, isGiven]) => isGiven)
    .map(([name]) => ({ path: [...path, name], message: 'is not for prune; give prune a rule of its own without it' }));
}

/** A grant takes one yes. */
function forGrant(path: Path, { count, stepUp }: Sections['approvals'][number]): Mistake[] {
  return Object.entries({ count: count > 1, stepUp: stepUp !== undefined })
    .filter(([, isGiven]) => isGiven)
    .map(([name]) => ({ path: [...path, name], message: 'is not for grant; give grant a rule of its own without it' }));
}

/** Two services that would take turns at being the same container, or the same Swarm service. */
function twoInOne(file: Sections): Mistake[] {
  const hosts = new Map(Object.entries(file.hosts));
  const owners = new Map<string, string>();
  const mistakes: Mistake[] = [];
  for (const [name, service] of Object.entries(file.services)) {
    const thing = service.swarm ?? service.container?.name ?? name;
    const kind = service.swarm === undefined ? 'container' : 'swarm service';
    for (const host of select(service.hosts, hosts)) {
      const key = `${host} ${kind} ${thing}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, name);
      else {
        mistakes.push({
          path: ['services', name],
          message: `is the ${kind} "${thing}" on ${host}, which the service "${owner}" is already`,
        });
        break;
      }
    }
  }
  return mistakes;
}
