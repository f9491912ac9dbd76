import { createComposer } from './composer.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { fill, h } from './dom.ts';
import { createHome } from './home.ts';
import { act, live } from './live.ts';
import { createModal } from './modal.ts';
import { channelName, handle, learn, personName, type Welcome, you } from './names.ts';
import { createPanel } from './panel.ts';
import type { Frame, MessageSeen, RefusalSeen, TourStepSeen } from './protocol.ts';
import { createSidebar } from './sidebar.ts';
import { themeButton } from './theme.ts';

type Where = { readonly person?: string; readonly channel?: string };

let welcome: Welcome | undefined;
let channel = '';
let thread: string | undefined;
let refusals: readonly RefusalSeen[] = [];
const messages = new Map<string, MessageSeen>();
const unread = new Set<string>();
let leave: () => void = () => undefined;
let toWrite: string | undefined;

const modal = createModal();
const sidebar = createSidebar({ go, addressOf });
const panel = createPanel({ follow });
const conversation = createConversation({ openThread: ({ ts }) => showThread(ts) });
let threadList: Conversation | undefined;
const composer = createComposer({ label: 'Message', ...typing(() => undefined) });
const threadComposer = createComposer({ label: 'Reply', ...typing(() => thread) });

const home = createHome((isHome) => {
  conversation.element.hidden = isHome;
  composer.element.hidden = isHome;
});
const title = h('h2', { class: 'title' });
const about = h('span', { class: 'quiet about' });
const notice = h('p', { class: 'notice', role: 'status', hidden: true });
const threadBox = h('section', { class: 'thread', 'aria-label': 'Thread', hidden: true });
const app = h(
  'div',
  { class: 'app' },
  sidebar.element,
  h(
    'main',
    { class: 'main' },
    h(
      'header',
      { class: 'bar' },
      toggle('sidebar', 'Channels and people', '☰'),
      title,
      about,
      home.tabs,
      themeButton(),
      toggle('panel', 'Hosts and tour', '▤'),
    ),
    notice,
    conversation.element,
    home.element,
    composer.element,
  ),
  h('aside', { class: 'panel', 'aria-label': 'Hosts and tour' }, threadBox, panel.element),
);
document.body.prepend(app);
addEventListener('popstate', () => enter());
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !document.querySelector('dialog[open]')) open(undefined);
});
enter();

/** Shows the person and channel of the address, such as `?as=oli&in=prod`. */
function enter(): void {
  const asked = new URLSearchParams(location.search);
  const name = asked.get('as') ?? '';
  if (welcome && handle(welcome.you) === name) {
    showChannel(channelNamed(asked.get('in')));
    return;
  }
  leave();
  fresh();
  leave = live(name, take, () => say('Connection to the local Slack lost. Reconnecting…'));
}

function fresh(): void {
  messages.clear();
  unread.clear();
  home.published(null);
  showThread(undefined);
}

function take(frame: Frame): void {
  switch (frame.kind) {
    case 'welcome': {
      const again = welcome?.you === frame.you;
      welcome = frame;
      learn(frame);
      messages.clear();
      for (const message of frame.messages) messages.set(keyOf(message), message);
      refusals = frame.refusals;
      home.published(frame.home);
      say(frame.connected ? undefined : 'The bot is not connected.');
      showChannel(again ? channel : channelNamed(new URLSearchParams(location.search).get('in')));
      modal.show(frame.modal);
      panel.showRefusals(refusals);
      break;
    }
    case 'message':
      messages.set(keyOf(frame.message), frame.message);
      if (frame.message.channel === channel) {
        conversation.put(frame.message);
        threadList?.put(frame.message);
      } else if (frame.isNew && frame.message.author !== you()) {
        unread.add(frame.message.channel);
        drawSidebar();
      }
      break;
    case 'gone':
      messages.delete(keyOf(frame));
      if (frame.channel !== channel) break;
      conversation.remove(frame.ts);
      threadList?.remove(frame.ts);
      break;
    case 'views':
      home.published(frame.home);
      modal.show(frame.modal);
      break;
    case 'refused':
      refusals = [...refusals, frame.refusal];
      panel.showRefusals(refusals);
      if (frame.refusal.channel === channel) conversation.refuse(frame.refusal);
      break;
    case 'app':
      say(frame.connected ? undefined : 'The bot is not connected.');
      break;
    case 'hosts':
      panel.showHosts(frame.hosts);
      break;
    case 'tour':
      panel.showTour(frame.steps);
  }
}

function keyOf({ channel: place, ts }: { channel: string; ts: string }): string {
  return `${place} ${ts}`;
}

function here(): MessageSeen[] {
  return [...messages.values()].filter((message) => message.channel === channel);
}

function channelNamed(name: string | null): string {
  if (name === 'fairlead') return welcome?.direct ?? '';
  return welcome?.channels.find((one) => one.name === name)?.id ?? welcome?.start ?? '';
}

function addressOf({ person = you(), channel: place = channel }: Where): string {
  const at = place.startsWith('D') ? 'fairlead' : channelName(place);
  return `/?as=${handle(person)}&in=${at}`;
}

function go(where: Where): void {
  history.pushState(null, '', addressOf(where));
  open(undefined);
  enter();
}

function follow(step: TourStepSeen): void {
  open(undefined);
  toWrite = step.line ?? '';
  go({ person: step.person, channel: step.channel });
}

function showChannel(id: string): void {
  const direct = id === welcome?.direct;
  channel = id;
  unread.delete(id);
  showThread(undefined);
  const name = direct ? 'Fairlead' : `#${channelName(id)}`;
  title.textContent = name;
  document.title = `${name} as ${personName(you())} · Fairlead playground`;
  const hasApp = direct || welcome?.channels.find((one) => one.id === id)?.hasApp;
  about.textContent = hasApp
    ? `You are ${personName(you())}`
    : `You are ${personName(you())} · Fairlead is not in this channel`;
  composer.setLabel(`Message ${name} as ${personName(you())}`);
  conversation.show(
    here(),
    refusals.filter((one) => one.channel === id),
  );
  home.enter(direct);
  drawSidebar();
  if (toWrite !== undefined) composer.write(toWrite);
  else if (matchMedia('(hover: hover)').matches) composer.focus();
  toWrite = undefined;
}

function drawSidebar(): void {
  if (welcome) sidebar.show({ welcome, channel, unread });
}

function showThread(ts: string | undefined): void {
  thread = ts;
  threadBox.hidden = ts === undefined;
  panel.element.hidden = ts !== undefined;
  if (ts === undefined) {
    threadList = undefined;
    threadBox.replaceChildren();
    if (app.dataset['open'] === 'panel') open(undefined);
    return;
  }
  threadList = createConversation({ thread: ts });
  fill(
    threadBox,
    h(
      'header',
      {},
      h('h2', {}, 'Thread'),
      h(
        'button',
        { type: 'button', class: 'close', 'aria-label': 'Close the thread', onclick: () => showThread(undefined) },
        '✕',
      ),
    ),
    threadList.element,
    threadComposer.element,
  );
  threadList.show(here(), []);
  open('panel');
  threadComposer.focus();
}

/** The options of a composer: people are mentioned by name, and Slack gets their ids. */
function typing(threadTs: () => string | undefined) {
  const names = () =>
    [welcome?.app, ...(welcome?.people ?? [])].map((one) => one?.name ?? '').filter((name) => name !== '');
  return {
    commands: () => welcome?.commands ?? [],
    names,
    async send(words: string): Promise<string | undefined> {
      const ids = new Map([welcome?.app, ...(welcome?.people ?? [])].map((one) => [one?.name, one?.id]));
      const text = words.startsWith('/')
        ? words
        : words.replace(/@([a-z]+)\b/gu, (whole, name: string) => (ids.has(name) ? `<@${ids.get(name)}>` : whole));
      const at = threadTs();
      (at === undefined ? conversation : threadList)?.toEnd();
      const typed = { person: you(), channel, text, ...(at === undefined ? {} : { threadTs: at }) };
      return act('type', typed).then(
        () => undefined,
        (error: Error) => error.message,
      );
    },
  };
}

/** Draws the button that opens a side column on a phone, where one is open at a time. */
function toggle(side: 'sidebar' | 'panel', label: string, sign: string): HTMLElement {
  const onclick = () => open(app.dataset['open'] === side ? undefined : side);
  return h('button', { type: 'button', class: `toggle toggle-${side}`, 'aria-label': label, onclick }, sign);
}

function open(side: 'sidebar' | 'panel' | undefined): void {
  if (side === undefined) delete app.dataset['open'];
  else app.dataset['open'] = side;
}

function say(words: string | undefined): void {
  notice.hidden = words === undefined;
  notice.textContent = words ?? '';
}
