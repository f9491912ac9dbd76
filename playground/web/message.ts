import { drawBlocks } from './blocks/index.ts';
import { sayDate } from './dates.ts';
import { type Child, h } from './dom.ts';
import { personName, you } from './names.ts';
import type { FileSeen, MessageSeen, RefusalSeen } from './protocol.ts';
import { createSurface } from './surface.ts';
import { drawMrkdwn } from './text.ts';

export interface Drawing {
  readonly replies: number;
  /** Opens the thread under the message; left out within a thread. */
  readonly openThread?: (() => void) | undefined;
}

export function drawMessage(message: MessageSeen, { replies, openThread }: Drawing): HTMLElement {
  const at = Number(message.ts.split('.')[0]) * 1000;
  const name = personName(message.author);
  const problem = h('p', { class: 'error', role: 'alert' });
  const isApp = message.blocks.length > 0 || name === 'Fairlead' || name === 'Slackbot';
  return h(
    'article',
    {
      class: message.onlyYou ? 'message only-you' : 'message',
      'data-ts': message.ts,
      'aria-label': `${name}, ${sayDate(at, '{time}')}${message.onlyYou ? ', only visible to you' : ''}`,
    },
    avatar(message.author),
    h(
      'div',
      { class: 'message-body' },
      message.onlyYou && h('p', { class: 'privacy' }, 'Only visible to you'),
      h(
        'header',
        {},
        h('b', {}, name),
        isApp && h('span', { class: 'badge' }, 'App'),
        h(
          'time',
          { datetime: new Date(at).toISOString(), title: sayDate(at, '{date_long} {time_secs}') },
          sayDate(at, '{time}'),
        ),
        message.edited > 0 && h('span', { class: 'edited' }, '(edited)'),
      ),
      contentOf(message, problem),
      problem,
      message.files.map((file) => drawFile(file, message)),
      replies > 0 &&
        openThread &&
        h(
          'button',
          { type: 'button', class: 'replies', onclick: openThread },
          replies === 1 ? '1 reply' : `${replies} replies`,
        ),
    ),
    h(
      'div',
      { class: 'tools' },
      openThread && !message.onlyYou && h('button', { type: 'button', onclick: openThread }, 'Reply'),
      h(
        'a',
        { href: address('message', message, message.ts), target: '_blank', title: 'This message as the app sent it' },
        'JSON',
      ),
    ),
  );
}

export function avatar(id: string): HTMLElement {
  const name = personName(id);
  return h(
    'span',
    { class: `avatar avatar-${name.toLowerCase().replace(/[^a-z]/gu, '')}`, 'aria-hidden': 'true' },
    name.charAt(0),
  );
}

function contentOf(message: MessageSeen, problem: HTMLElement): HTMLElement {
  const surface = createSurface({ channel: message.channel, messageTs: message.ts }, problem);
  const blocks = drawBlocks(message.blocks, surface);
  const text: Child[] = message.text === '' ? [] : [h('p', {}, drawMrkdwn(message.text))];
  return h('div', { class: 'content' }, blocks.length > 0 ? blocks : text);
}

function drawFile(file: FileSeen, message: MessageSeen): HTMLElement {
  const shown = file.preview.split('\n').length;
  const more = file.lines > shown ? ` · first ${shown} of ${file.lines} lines` : '';
  return h(
    'figure',
    { class: 'file' },
    h(
      'figcaption',
      {},
      h('b', {}, file.title),
      h('span', { class: 'quiet' }, `${file.name} · ${bytes(file.bytes)}${more}`),
      h('a', { class: 'button', href: address('file', message, file.id), download: file.name }, 'Download'),
    ),
    h('pre', { tabindex: 0 }, file.preview),
  );
}

function address(kind: 'message' | 'file', message: MessageSeen, id: string): string {
  return `/_page/${kind}/${message.channel}/${id}?as=${you()}`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const [unit, size] = count < 1e6 ? ['kB', 1e3] : count < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(count / Number(size)).toPrecision(3)} ${unit}`;
}

/** Draws a call that Slack refused, where its message would have been. */
export function drawRefusal(refusal: RefusalSeen): HTMLElement {
  const method = refusal.method === 'respond' ? 'an answer through response_url' : refusal.method;
  return h(
    'article',
    { class: 'refusal', 'aria-label': `Refused by Slack: ${refusal.error}` },
    h('p', {}, h('b', {}, 'Slack refused '), h('code', {}, method), ': ', h('code', {}, refusal.error)),
    refusal.details.length > 0 &&
      h(
        'ul',
        {},
        refusal.details.map((detail) => h('li', {}, detail)),
      ),
  );
}
