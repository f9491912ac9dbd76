import { randomUUID } from 'node:crypto';
import { APP, BOT_ID, TEAM } from './defaults.ts';
import { type State, withIds } from './state.ts';

export type ViewBody = Readonly<Record<string, unknown>>;

/** A view as Slack returns it. */
export interface View {
  readonly id: string;
  readonly person: string;
  readonly root: string;
  readonly previous: string | undefined;
  readonly hash: string;
  readonly body: ViewBody;
}

const MAX_STACKED = 3;

export interface Views {
  open(person: string, body: ViewBody): View;
  push(person: string, body: ViewBody): View | undefined;
  update(view: View, body: ViewBody): View;
  /** Closes the topmost modal; with `all`, all modals. */
  close(person: string, all?: boolean): void;
  publish(person: string, body: ViewBody): View;
  top(person: string): View | undefined;
  home(person: string): View | undefined;
  find(match: { id?: string; externalId?: string }): View | undefined;
}

/** The modals and home tabs: each person has a stack of up to three modals, and a home tab. */
export function createViews(state: State): Views {
  const stacks = new Map<string, View[]>();
  const homes = new Map<string, View>();
  const stackOf = (person: string) => stacks.get(person) ?? [];
  const set = (person: string, stack: View[]) => {
    stacks.set(person, stack);
    state.changed({ kind: 'view' });
  };
  const make = (person: string, body: ViewBody, under?: View): View => {
    const id = `V${randomUUID().slice(0, 8).toUpperCase()}`;
    return { id, person, root: under?.root ?? id, previous: under?.id, hash: randomUUID(), body: named(body) };
  };
  return {
    open(person, body) {
      const view = make(person, body);
      set(person, [view]);
      return view;
    },
    push(person, body) {
      const stack = stackOf(person);
      if (stack.length >= MAX_STACKED) return undefined;
      const view = make(person, body, stack.at(-1));
      set(person, [...stack, view]);
      return view;
    },
    update(view, body) {
      const next = { ...view, hash: randomUUID(), body: named(body) };
      if (homes.get(view.person)?.id === view.id) homes.set(view.person, next);
      set(
        view.person,
        stackOf(view.person).map((one) => (one.id === view.id ? next : one)),
      );
      return next;
    },
    close: (person, all = false) => set(person, all ? [] : stackOf(person).slice(0, -1)),
    publish(person, body) {
      const known = homes.get(person);
      const view = known ? { ...known, hash: randomUUID(), body: named(body) } : make(person, body);
      homes.set(person, view);
      state.changed({ kind: 'view' });
      return view;
    },
    top: (person) => stackOf(person).at(-1),
    home: (person) => homes.get(person),
    find: ({ id, externalId }) =>
      [...[...stacks.values()].flat(), ...homes.values()].find((view) =>
        id === undefined ? externalId !== undefined && view.body['external_id'] === externalId : view.id === id,
      ),
  };
}

/** A view as it is in payloads and answers. */
export function wire(view: View, values: object = {}): Record<string, unknown> {
  return {
    id: view.id,
    team_id: TEAM,
    app_id: APP,
    app_installed_team_id: TEAM,
    bot_id: BOT_ID,
    private_metadata: '',
    callback_id: '',
    external_id: '',
    title: null,
    submit: null,
    close: null,
    clear_on_close: false,
    notify_on_close: false,
    ...view.body,
    state: { values },
    hash: view.hash,
    root_view_id: view.root,
    previous_view_id: view.previous ?? null,
  };
}

function named(body: ViewBody): ViewBody {
  const blocks = Array.isArray(body['blocks']) ? (body['blocks'] as unknown[]) : [];
  return {
    ...body,
    blocks: withIds(blocks).map((raw) => {
      const block = raw as { type?: string; block_id: string; element?: object };
      return block.type === 'input'
        ? { ...block, element: { action_id: `${block.block_id}-0`, ...block.element } }
        : raw;
    }),
  };
}
