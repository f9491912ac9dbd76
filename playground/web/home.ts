import { fill, h } from './dom.ts';
import { act } from './live.ts';
import { drawView } from './modal.ts';
import { capital, you } from './names.ts';
import type { ViewSeen } from './protocol.ts';

type Tab = 'messages' | 'home';

/**
 * Creates the app's two tabs: its messages, and the home tab it publishes for each person. `turned` is called when the
 * tab changes, to hide the other one.
 */
export function createHome(turned: (isHome: boolean) => void) {
  const tabs = h('div', { class: 'tabs', role: 'tablist', hidden: true });
  const element = h('div', { class: 'home', hidden: true });
  let tab: Tab = 'messages';
  let view: ViewSeen | null = null;

  const draw = () => {
    fill(tabs, button('home'), button('messages'));
    element.hidden = tab !== 'home';
    turned(tab === 'home');
    if (tab === 'home') drawHome();
  };
  const button = (which: Tab) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        'aria-selected': String(tab === which),
        onclick: () => {
          tab = which;
          draw();
          if (which === 'home') void act('openHome', { person: you() });
        },
      },
      capital(which),
    );
  const drawHome = () => {
    const problem = h('p', { class: 'error', role: 'alert' });
    const none = h('p', { class: 'quiet' }, 'The app has not published a home tab for you.');
    fill(element, view ? drawView(view, problem).nodes : none, problem);
  };
  return {
    tabs,
    element,
    /** Shows the tabs in the app's direct messages only, and selects the messages. */
    enter(isApp: boolean): void {
      tab = 'messages';
      tabs.hidden = !isApp;
      draw();
    },
    published(next: ViewSeen | null): void {
      view = next;
      if (tab === 'home') drawHome();
    },
  };
}
