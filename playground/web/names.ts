import type { Frame } from './protocol.ts';

export type Welcome = Extract<Frame, { kind: 'welcome' }>;

let known: Welcome | undefined;

/** The people and channels that the server sent, needed wherever an id is drawn. */
export function learn(welcome: Welcome): void {
  known = welcome;
}

export function you(): string {
  return known?.you ?? '';
}

export function personName(id: string): string {
  if (id === known?.app.id) return 'Fairlead';
  if (id === known?.slackbot) return 'Slackbot';
  const name = known?.people.find((person) => person.id === id)?.name;
  return name === undefined ? id : capital(name);
}

/** The name that is typed after `@`. */
export function handle(id: string): string {
  if (id === known?.app.id) return known.app.name;
  return known?.people.find((person) => person.id === id)?.name ?? id;
}

export function channelName(id: string): string {
  return known?.channels.find((channel) => channel.id === id)?.name ?? id;
}

export function groupHandle(id: string): string {
  return known?.groups.find((group) => group.id === id)?.handle ?? id;
}

export function isInGroup(id: string): boolean {
  return known?.groups.find((group) => group.id === id)?.users.includes(you()) ?? false;
}

/** All people and channels, for the selects that Slack fills itself. */
export function people(): readonly { readonly id: string; readonly name: string }[] {
  return known?.people.map(({ id }) => ({ id, name: personName(id) })) ?? [];
}

export function channels(): readonly { readonly id: string; readonly name: string }[] {
  return known?.channels ?? [];
}

export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
