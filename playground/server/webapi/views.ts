import { checkView } from '../../../src/slack/block-kit/limits.ts';
import { type View, type ViewBody, wire } from '../views.ts';
import { type Fields, json, type Outcome, text } from './fields.ts';
import { type Method, refuse, refuseProblems } from './types.ts';

export const viewMethods: Readonly<Record<string, Method>> = {
  'views.open'(fields, { views, triggers }) {
    const body = bodyOf(fields, 'modal');
    if (isRefusal(body)) return body;
    const trigger = triggers.use(text(fields, 'trigger_id'));
    return 'error' in trigger ? refuse(trigger.error) : shown(views.open(trigger.person, body));
  },
  'views.push'(fields, { views, triggers }) {
    const body = bodyOf(fields, 'modal');
    if (isRefusal(body)) return body;
    const trigger = triggers.use(text(fields, 'trigger_id'));
    if ('error' in trigger) return refuse(trigger.error);
    const view = views.push(trigger.person, body);
    return view ? shown(view) : refuse('push_limit_reached');
  },
  'views.update'(fields, { views }) {
    const [id, externalId] = [text(fields, 'view_id'), text(fields, 'external_id')];
    if (id === '' && externalId === '') return refuse('invalid_arguments');
    const view = views.find(id === '' ? { externalId } : { id });
    if (!view) return refuse('not_found');
    const body = bodyOf(fields, String(view.body['type']));
    if (isRefusal(body)) return body;
    const hash = text(fields, 'hash');
    return hash !== '' && hash !== view.hash ? refuse('hash_conflict') : shown(views.update(view, body));
  },
  'views.publish'(fields, { views, state }) {
    const person = text(fields, 'user_id');
    if (!state.people.has(person)) return refuse('user_not_found');
    const body = bodyOf(fields, 'home');
    return isRefusal(body) ? body : shown(views.publish(person, body));
  },
};

function bodyOf(fields: Fields, type: string): ViewBody | Outcome {
  const body = json(fields, 'view');
  if (typeof body !== 'object' || body === null) return refuse('invalid_arguments');
  const problems = checkView(body);
  if (problems.some((problem) => problem.code === 'view_too_large')) return refuse('view_too_large');
  if (problems.length > 0) return refuseProblems('invalid_arguments', problems);
  const view = body as ViewBody;
  return view['type'] === type ? view : refuse('invalid_arguments');
}

function isRefusal(body: ViewBody | Outcome): body is Outcome {
  return body['ok'] === false;
}

function shown(view: View): Outcome {
  return { ok: true, view: wire(view) };
}
