import { fill, h } from './dom.ts';
import { avatar } from './message.ts';
import { capital, type Welcome } from './names.ts';

export interface SidebarOptions {
  readonly go: (where: { readonly person?: string; readonly channel?: string }) => void;
  readonly addressOf: (where: { readonly person?: string; readonly channel?: string }) => string;
}

export interface SidebarState {
  readonly welcome: Welcome;
  readonly channel: string;
  readonly unread: ReadonlySet<string>;
}

export interface Sidebar {
  readonly element: HTMLElement;
  show(state: SidebarState): void;
}

/**
 * Creates the sidebar of channels, direct messages and people. All are links, so that they can be opened in other
 * windows.
 */
export function createSidebar({ go, addressOf }: SidebarOptions): Sidebar {
  const element = h('nav', { class: 'sidebar', 'aria-label': 'Channels and people' });
  const link = (where: { person?: string; channel?: string }, current: boolean, ...inside: (Node | string)[]) =>
    h(
      'a',
      {
        href: addressOf(where),
        'aria-current': current ? 'true' : undefined,
        onclick: (event) => {
          const { metaKey, ctrlKey, shiftKey } = event as MouseEvent;
          if (metaKey || ctrlKey || shiftKey) return;
          event.preventDefault();
          go(where);
        },
      },
      inside,
    );
  return {
    element,
    show({ welcome, channel, unread }) {
      const place = (id: string, sign: Node | string, name: string) => {
        const entry = link({ channel: id }, id === channel, sign, h('span', { class: 'name' }, name));
        if (!unread.has(id)) return h('li', {}, entry);
        entry.append(h('span', { class: 'unread', role: 'img', 'aria-label': 'unread' }));
        return h('li', { class: 'has-unread' }, entry);
      };
      fill(
        element,
        h('h1', {}, 'Fairlead', h('small', {}, 'playground')),
        h('h2', {}, 'Channels'),
        h(
          'ul',
          {},
          welcome.channels.map(({ id, name }) =>
            place(id, h('span', { class: 'sign', 'aria-hidden': 'true' }, '#'), name),
          ),
        ),
        h('h2', {}, 'Direct messages'),
        h('ul', {}, place(welcome.direct, avatar(welcome.app.id), 'Fairlead')),
        h('h2', {}, 'You are'),
        h(
          'ul',
          { class: 'people' },
          welcome.people.map(({ id, name, title = '' }) =>
            h(
              'li',
              {},
              link(
                { person: id },
                id === welcome.you,
                avatar(id),
                h('span', { class: 'name' }, `${capital(name)} `, h('small', {}, title)),
              ),
            ),
          ),
        ),
        h('p', { class: 'quiet tip' }, 'Ctrl-click a person to open a window as that person.'),
      );
    },
  };
}
