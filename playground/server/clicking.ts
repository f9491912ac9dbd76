import { checkView } from '../../src/slack/block-kit/limits.ts';
import type { Delivered } from './delivery.ts';
import { findPressable } from './elements.ts';
import { chosen, type Filled, type Given, stateValues, valuesOf } from './inputs.ts';
import { clickPayload, closedPayload, eventPayload, submissionPayload, viewClickPayload } from './payloads.ts';
import { choosableBy, type Place, personOf, targetOf, viewOf } from './targets.ts';
import type { ViewBody } from './views.ts';
import type { Workspace } from './workspace.ts';

export interface Click extends Place {
  /** The value chosen in a select or a menu; several where the element allows it. */
  readonly selected?: Given;
  /** How many clicks at the same time; 1 by default. */
  readonly times?: number;
}

export interface Submission {
  readonly person: string;
  /** The topmost modal by default. */
  readonly viewId?: string;
  readonly values?: Filled;
}

/** A person presses a button, or chooses from a select or a menu. Throws when the person cannot see it. */
export async function click(workspace: Workspace, given: Click): Promise<Delivered> {
  const fault = workspace.faults.take('click');
  const copies = fault ? (fault.copies ?? 2) : (given.times ?? 1);
  // At the same time, as by an impatient user: each has its own trigger and response_url.
  const all = await Promise.all(
    Array.from({ length: copies }, () => workspace.delivery().send('interactive', clickedPayload(workspace, given))),
  );
  return all.find((one) => !one.ok) ?? (all[0] as Delivered);
}

function clickedPayload(workspace: Workspace, given: Click): object {
  const target = targetOf(workspace, given, findPressable);
  const { person, where, blocks, element } = target;
  const known = choosableBy(workspace, person.id, where);
  if (element.type === 'button' && given.selected !== undefined) throw new Error('A button has nothing to choose.');
  if (element.type !== 'button' && given.selected === undefined) throw new Error(`A ${element.type} is not pressed.`);
  const part = element.type === 'button' ? {} : chosen(element, given.selected, known);
  if (given.selected !== undefined && element.type !== 'overflow')
    workspace.choices.choose(person.id, where, element, given.selected);
  const values = stateValues(blocks, workspace.choices.of(person.id, where), known);
  const grants = { trigger_id: workspace.triggers.issue(person.id), now: workspace.clock.now() };
  const pressed = { ...element, ...part };
  if (target.kind === 'view') return viewClickPayload(target, values, pressed, grants);
  const { channel, message } = target;
  const response_url = workspace.urls.issue({ person: person.id, channel: channel.id, original: message });
  return clickPayload(target, values, pressed, { response_url, ...grants });
}

/** A person submits a modal. The app's acknowledgement decides whether the modal closes; without one it stays open. */
export async function submitView(
  workspace: Workspace,
  { person: id, viewId, values = {} }: Submission,
): Promise<Delivered> {
  const person = personOf(workspace, id);
  const view = viewOf(workspace, id, viewId);
  const sofar = workspace.choices.of(id, view.id);
  const filled = valuesOf(
    view.body['blocks'] as readonly unknown[],
    values,
    sofar,
    choosableBy(workspace, id, view.id),
  );
  const trigger = workspace.triggers.issue(id);
  const sent = await workspace.delivery().send('interactive', submissionPayload(person, view, filled, trigger));
  if (!sent.ok) return sent;
  const { response_action: action, view: next } = (sent.response ?? {}) as {
    response_action?: string;
    view?: ViewBody;
  };
  if (action === undefined) workspace.views.close(id);
  else if (action === 'clear') workspace.views.close(id, true);
  else if (action === 'update' || action === 'push') {
    const problems = checkView(next);
    if (problems.length > 0 || !next) return { ...sent, ok: false, error: 'invalid_arguments' };
    if (action === 'update') workspace.views.update(view, next);
    else if (!workspace.views.push(id, next)) return { ...sent, ok: false, error: 'push_limit_reached' };
  } else if (action !== 'errors') return { ...sent, ok: false, error: 'invalid_arguments' };
  return sent;
}

/** A person closes the topmost modal, or all. The app is notified if the view asks for it. */
export async function closeView(workspace: Workspace, id: string, all = false): Promise<Delivered> {
  const person = personOf(workspace, id);
  const view = viewOf(workspace, id, undefined);
  workspace.views.close(id, all);
  if (view.body['notify_on_close'] !== true) return { ok: true, ackMs: 0 };
  return workspace.delivery().send('interactive', closedPayload(person, view, all));
}

export async function openHome(workspace: Workspace, id: string): Promise<Delivered> {
  const person = personOf(workspace, id);
  const channel = workspace.state.directWith(id)?.id;
  const event = {
    type: 'app_home_opened',
    user: person.id,
    channel,
    tab: 'home',
    event_ts: String(workspace.clock.now() / 1000),
  };
  return workspace.events.send(eventPayload(event, workspace.clock.now()));
}
