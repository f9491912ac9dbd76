import { checkView } from '../../src/slack/limits.ts';
import { findButton, type Wanted } from './buttons.ts';
import type { Person } from './defaults.ts';
import type { Delivered } from './delivery.ts';
import { type Filled, valuesOf } from './inputs.ts';
import { clickPayload, closedPayload, eventPayload, submissionPayload, viewClickPayload } from './payloads.ts';
import type { Scene } from './scene.ts';
import type { Message } from './state.ts';
import type { View, ViewBody } from './views.ts';

export interface Click extends Wanted {
  readonly person: string;
  /** The message, or its channel and ts; or a view. */
  readonly message?: Pick<Message, 'channel' | 'ts'>;
  readonly channel?: string;
  readonly messageTs?: string;
  readonly viewId?: string;
  /** How often at once; once when left out. */
  readonly times?: number;
}

export interface Submission {
  readonly person: string;
  /** The topmost modal when left out. */
  readonly viewId?: string;
  readonly values?: Filled;
}

/** A person presses a button they can see. Throws when it is not there. */
export async function click(scene: Scene, given: Click): Promise<Delivered> {
  const fault = scene.faults.take('click');
  const copies = fault ? (fault.copies ?? 2) : (given.times ?? 1);
  // Together, as by an impatient finger: each has its own trigger and response_url.
  const all = await Promise.all(
    Array.from({ length: copies }, () => scene.delivery().send('interactive', pressing(scene, given))),
  );
  return all.find((one) => !one.ok) ?? (all[0] as Delivered);
}

function pressing(scene: Scene, given: Click): object {
  const { state, clock } = scene;
  const now = clock.now();
  const words = given.label ?? given.value ?? given.actionId ?? '';
  if (given.viewId !== undefined) {
    const view = theirView(scene, given.person, given.viewId);
    const button = findButton(view.body['blocks'] as readonly unknown[], given);
    if (!button) throw new Error(`${given.person} sees no button "${words}" there.`);
    return viewClickPayload(personOf(scene, given.person), view, button, {
      trigger_id: scene.triggers.issue(given.person),
      now,
    });
  }
  const channelId = given.message?.channel ?? given.channel ?? '';
  const ts = given.message?.ts ?? given.messageTs;
  const { person, channel } = scene.present(given.person, channelId);
  const seen = state.seenBy(person.id, channel.id);
  // Without a message: the newest that has such a button.
  const message = seen.findLast((one) => (ts === undefined || one.ts === ts) && findButton(one.blocks, given));
  const button = message && findButton(message.blocks, given);
  if (!message || !button) throw new Error(`${person.id} sees no button "${words}" there.`);
  return clickPayload(person, channel, message, button, {
    response_url: scene.urls.issue({ person: person.id, channel: channel.id, original: message }),
    trigger_id: scene.triggers.issue(person.id),
    now,
  });
}

/** A person submits a modal. The acknowledgement says what becomes of it; without one it stays. */
export async function submitView(scene: Scene, { person: id, viewId, values = {} }: Submission): Promise<Delivered> {
  const person = personOf(scene, id);
  const view = theirView(scene, id, viewId);
  const filled = valuesOf(view.body['blocks'] as readonly unknown[], values);
  const trigger = scene.triggers.issue(id);
  const sent = await scene.delivery().send('interactive', submissionPayload(person, view, filled, trigger));
  if (!sent.ok) return sent;
  const { response_action: action, view: next } = (sent.response ?? {}) as {
    response_action?: string;
    view?: ViewBody;
  };
  if (action === undefined) scene.views.close(id);
  else if (action === 'clear') scene.views.close(id, true);
  else if (action === 'update' || action === 'push') {
    const problems = checkView(next);
    if (problems.length > 0 || !next) return { ...sent, ok: false, error: 'invalid_arguments' };
    if (action === 'update') scene.views.update(view, next);
    else if (!scene.views.push(id, next)) return { ...sent, ok: false, error: 'push_limit_reached' };
  } else if (action !== 'errors') return { ...sent, ok: false, error: 'invalid_arguments' };
  return sent;
}

/** A person closes the topmost modal, or all. The app hears of it when it asked to. */
export async function closeView(scene: Scene, id: string, all = false): Promise<Delivered> {
  const person = personOf(scene, id);
  const view = theirView(scene, id, undefined);
  scene.views.close(id, all);
  if (view.body['notify_on_close'] !== true) return { ok: true, ackMs: 0 };
  return scene.delivery().send('interactive', closedPayload(person, view, all));
}

export async function openHome(scene: Scene, id: string): Promise<Delivered> {
  const person = personOf(scene, id);
  const channel = scene.state.directWith(id)?.id;
  const event = {
    type: 'app_home_opened',
    user: person.id,
    channel,
    tab: 'home',
    event_ts: String(scene.clock.now() / 1000),
  };
  return scene.events.send(eventPayload(event, scene.clock.now()));
}

function personOf({ state }: Scene, id: string): Person {
  const person = state.people.get(id);
  if (!person) throw new Error(`There is no person ${id}.`);
  return person;
}

function theirView({ views }: Scene, person: string, id: string | undefined): View {
  const view = id === undefined ? views.top(person) : views.find({ id });
  if (view?.person !== person) throw new Error(`${person} has no such view open.`);
  return view;
}
