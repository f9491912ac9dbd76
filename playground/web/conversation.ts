import { h } from './dom.ts';
import { drawMessage, drawRefusal } from './message.ts';
import type { MessageSeen, RefusalSeen } from './protocol.ts';

export interface ConversationOptions {
  /** Shows only this thread; by default, messages outside threads. */
  readonly thread?: string;
  readonly openThread?: (root: MessageSeen) => void;
}

export interface Conversation {
  readonly element: HTMLElement;
  show(messages: readonly MessageSeen[], refusals: readonly RefusalSeen[]): void;
  /** Adds a new message, or replaces a changed one. */
  put(message: MessageSeen): void;
  remove(ts: string): void;
  refuse(refusal: RefusalSeen): void;
  /** Scrolls to the end, for a person who has just sent a message. */
  toEnd(): void;
}

const NEAR_END = 80;

/**
 * Creates the list of messages of a channel or thread, oldest first. It announces new messages, and stays at the end
 * when it is there.
 */
export function createConversation(options: ConversationOptions = {}): Conversation {
  const { thread, openThread } = options;
  const known = new Map<string, MessageSeen>();
  const drawn = new Map<string, HTMLElement>();
  const list = h('div', { class: 'messages', role: 'log', 'aria-label': thread ? 'Thread' : 'Messages', tabindex: 0 });

  const news = h('button', { type: 'button', class: 'button news', hidden: true }, 'New messages ↓');
  const toEnd = () => {
    list.scrollTop = list.scrollHeight;
    news.hidden = true;
  };
  news.addEventListener('click', () => {
    toEnd();
    list.focus();
  });
  list.addEventListener('scroll', () => {
    if (atEnd()) news.hidden = true;
  });
  const append = (element: HTMLElement) => {
    if (news.isConnected) news.before(element);
    else list.append(element, news);
  };

  const belongs = ({ ts, threadTs }: MessageSeen) =>
    thread === undefined ? threadTs === undefined : ts === thread || threadTs === thread;
  const repliesTo = (ts: string) => [...known.values()].filter((one) => one.threadTs === ts).length;
  const draw = (message: MessageSeen) =>
    drawMessage(message, {
      replies: thread === undefined ? repliesTo(message.ts) : 0,
      openThread: openThread && (() => openThread(message)),
    });
  const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  const keepingEnd = (change: () => void) => {
    const stay = atEnd();
    const before = list.childElementCount;
    change();
    if (stay) toEnd();
    else if (list.childElementCount > before) news.hidden = false;
  };
  const redraw = (message: MessageSeen) => {
    const before = drawn.get(message.ts);
    const next = draw(message);
    drawn.set(message.ts, next);
    if (before) replaceQuietly(before, next);
    else append(next);
  };
  const redrawRoot = ({ threadTs }: MessageSeen) => {
    const root = threadTs === undefined || thread !== undefined ? undefined : known.get(threadTs);
    if (root) redraw(root);
  };

  return {
    element: list,
    show(messages, refusals) {
      known.clear();
      drawn.clear();
      list.replaceChildren();
      for (const message of messages) known.set(message.ts, message);
      for (const message of messages) if (belongs(message)) redraw(message);
      for (const refusal of refusals) append(drawRefusal(refusal));
      toEnd();
    },
    put(message) {
      known.set(message.ts, message);
      keepingEnd(() => {
        if (belongs(message)) redraw(message);
        redrawRoot(message);
      });
    },
    remove(ts) {
      const gone = known.get(ts);
      known.delete(ts);
      drawn.get(ts)?.remove();
      drawn.delete(ts);
      if (gone) redrawRoot(gone);
    },
    refuse: (refusal) => keepingEnd(() => append(drawRefusal(refusal))),
    toEnd,
  };
}

/** Replaces a message, and keeps scroll positions and the focus. */
function replaceQuietly(before: HTMLElement, next: HTMLElement): void {
  const scrolled = [...before.querySelectorAll('pre, .table')].map((part) => part.scrollLeft);
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  const action = focused instanceof HTMLElement ? focused.dataset['action'] : undefined;
  before.replaceWith(next);
  for (const [index, part] of [...next.querySelectorAll('pre, .table')].entries())
    part.scrollLeft = scrolled[index] ?? 0;
  if (!focused) return;
  const again = action === undefined ? null : next.querySelector<HTMLElement>(`[data-action="${CSS.escape(action)}"]`);
  // If the focused button is gone, the message itself takes the focus.
  if (!again) next.tabIndex = -1;
  (again ?? next).focus({ preventScroll: true });
}
