import { checkView } from '../../src/slack/block-kit/limits.ts';
import type { Delivered } from './delivery.ts';
import { findPressable } from './elements.ts';
import { chosen, type Filled, type Given, stateValues, valuesOf } from './inputs.ts';
import { clickPayload, closedPayload, eventPayload, submissionPayload, viewClickPayload } from './payloads.ts';
import type { Scene } from './scene.ts';
import { knownTo, type Place, personOf, targetOf, theirView } from './targets.ts';
import type { ViewBody } from './views.ts';

export interface Click extends Place {
  /** Of a select or a menu: the value chosen, several where several can be. */
  readonly selected?: Given;
  /** How often at once; once when left out. */
  readonly times?: number;
}

export interface Submission {
  readonly person: string;
  /** The topmost modal when left out. */
  readonly viewId?: string;
  readonly values?: Filled;
}

/** A person presses a button, or chooses from a select or menu they can see. Throws when it is not there. */
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
  const target = targetOf(scene, given, findPressable);
  const { person, where, blocks, element } = target;
  const known = knownTo(scene, person.id, where);
  if (element.type === 'button' && given.selected !== undefined) throw new Error('A button has nothing to choose.');
  if (element.type !== 'button' && given.selected === undefined) throw new Error(`A ${element.type} is not pressed.`);
  const part = element.type === 'button' ? {} : chosen(element, given.selected, known);
  if (given.selected !== undefined && element.type !== 'overflow')
    scene.choices.choose(person.id, where, element, given.selected);
  const values = stateValues(blocks, scene.choices.of(person.id, where), known);
  const grants = { trigger_id: scene.triggers.issue(person.id), now: scene.clock.now() };
  const pressed = { ...element, ...part };
  if (target.kind === 'view') return viewClickPayload(target, values, pressed, grants);
  const { channel, message } = target;
  const response_url = scene.urls.issue({ person: person.id, channel: channel.id, original: message });
  return clickPayload(target, values, pressed, { response_url, ...grants });
}

/** A person submits a modal. The acknowledgement says what becomes of it; without one it stays. */
export async function submitView(scene: Scene, { person: id, viewId, values = {} }: Submission): Promise<Delivered> {
  const person = personOf(scene, id);
  const view = theirView(scene, id, viewId);
  const sofar = scene.choices.of(id, view.id);
  const filled = valuesOf(view.body['blocks'] as readonly unknown[], values, sofar, knownTo(scene, id, view.id));
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
