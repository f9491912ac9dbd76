import type { Channel, Person } from './defaults.ts';
import type { Element, Wanted } from './elements.ts';
import type { Choosable } from './inputs.ts';
import type { Message } from './state.ts';
import type { View } from './views.ts';
import type { Workspace } from './workspace.ts';

/** A person and the element they use, in a message or a view. */
export interface Place extends Wanted {
  readonly person: string;
  /** The message; or its channel and ts; or a view. */
  readonly message?: Pick<Message, 'channel' | 'ts'>;
  readonly channel?: string;
  readonly messageTs?: string;
  readonly viewId?: string;
}

export type Target = {
  readonly person: Person;
  /** The message's ts, or the view's id. */
  readonly where: string;
  readonly blocks: readonly unknown[];
  readonly element: Element;
} & (
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'message'; readonly channel: Channel; readonly message: Message }
);

/** Finds the element a person uses. Throws when the person cannot see such an element. */
export function targetOf(
  workspace: Workspace,
  given: Place,
  find: (blocks: readonly unknown[], wanted: Wanted) => Element | undefined,
): Target {
  const words = given.label ?? given.value ?? given.actionId ?? '';
  if (given.viewId !== undefined) {
    const view = viewOf(workspace, given.person, given.viewId);
    const blocks = view.body['blocks'] as readonly unknown[];
    const element = find(blocks, given);
    if (!element) throw new Error(`${given.person} sees no button "${words}" there.`);
    return { kind: 'view', view, blocks, element, where: view.id, person: personOf(workspace, given.person) };
  }
  const { person, channel } = workspace.memberIn(given.person, given.message?.channel ?? given.channel ?? '');
  const ts = given.message?.ts ?? given.messageTs;
  const seen = workspace.state.seenBy(person.id, channel.id);
  // Without a message, the newest with such an element.
  const message = seen.findLast((one) => (ts === undefined || one.ts === ts) && find(one.blocks, given));
  const element = message && find(message.blocks, given);
  if (!message || !element) throw new Error(`${person.id} sees no button "${words}" there.`);
  return { kind: 'message', channel, message, blocks: message.blocks, element, where: message.ts, person };
}

export function choosableBy({ state, choices }: Workspace, person: string, where: string): Choosable {
  return { state, offered: (element) => choices.offered(person, where, element) };
}

export function personOf({ state }: Workspace, id: string): Person {
  const person = state.people.get(id);
  if (!person) throw new Error(`There is no person ${id}.`);
  return person;
}

export function viewOf({ views }: Workspace, person: string, id: string | undefined): View {
  const view = id === undefined ? views.top(person) : views.find({ id });
  if (view?.person !== person) throw new Error(`${person} has no such view open.`);
  return view;
}
