import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CommandHint, Frame, HostSeen, RefusalSeen, TourStepSeen } from '../../web/protocol.ts';
import { BOT_NAME, BOT_USER, type Person, SLACKBOT } from '../defaults.ts';
import type { State } from '../state.ts';
import { isSame } from '../tokens.ts';
import type { Views } from '../views.ts';
import { wireMessage } from '../webapi/chat.ts';
import { serveAsset, serveText } from './assets.ts';
import { messageSeen, refusalSeen, viewSeen } from './seen.ts';

/**
 * A state shown beside the conversation. A subscriber receives the current state immediately, and then each new one.
 */
export interface Source<T> {
  subscribe(listener: (state: T) => void): () => void;
}

export interface PageOptions {
  /** The commands of the manifest, for completion. */
  readonly commands: readonly CommandHint[];
  readonly hosts?: Source<readonly HostSeen[]>;
  readonly tour?: Source<readonly TourStepSeen[]>;
  /** The channel that the page shows first to its members. */
  readonly start?: string;
}

export interface Page {
  serve(request: IncomingMessage, response: ServerResponse): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  stop(): void;
}

export interface PageContext {
  readonly state: State;
  readonly views: Views;
  /** The number of the app's connections. */
  readonly connections: () => number;
  readonly now: () => number;
  readonly session: string;
}

const REFUSED = 'This page is only read.';
const MAX_REFUSALS = 100;

/**
 * The page of the local Slack: serves its files, and sends each open page what its person sees, live over a WebSocket.
 */
export function createPage(options: PageOptions, context: PageContext): Page {
  const { state, views } = context;
  const wss = new WebSocketServer({ noServer: true });
  const refusals: RefusalSeen[] = [];
  const off = state.onChange((change) => {
    if (change.kind !== 'refused' || !change.request) return;
    const refusal = refusalSeen(change.request, (refusals.at(-1)?.id ?? 0) + 1, context.now());
    refusals.push(refusal);
    if (refusals.length > MAX_REFUSALS) refusals.shift();
    for (const socket of wss.clients) send(socket, { kind: 'refused', refusal });
  });

  function welcome(socket: WebSocket, you: Person): void {
    const direct = state.directWith(you.id)?.id ?? '';
    const channels = [...state.channels.values()].filter(
      (one) => one.id.startsWith('C') && state.isMember(one.id, you.id),
    );
    const look = () => ({ modal: viewSeen(views.top(you.id)), home: viewSeen(views.home(you.id)) });
    send(socket, {
      kind: 'welcome',
      you: you.id,
      app: { id: BOT_USER, name: BOT_NAME },
      slackbot: SLACKBOT,
      people: [...state.people.values()],
      groups: [...state.userGroups.values()],
      channels: channels.map(({ id, name, members }) => ({ id, name, hasApp: members.includes(BOT_USER) })),
      direct,
      start: (channels.find(({ id }) => id === options.start) ?? channels[0])?.id ?? direct,
      commands: options.commands,
      messages: [...channels.map(({ id }) => id), direct].flatMap((id) => state.seenBy(you.id, id).map(messageSeen)),
      refusals,
      connected: context.connections() > 0,
      ...look(),
    });
    const stops = [
      state.onChange(({ kind, message }) => {
        if (kind === 'socket') send(socket, { kind: 'app', connected: context.connections() > 0 });
        if (kind === 'view') send(socket, { kind: 'views', ...look() });
        if (!message || !state.isMember(message.channel, you.id)) return;
        if (message.ephemeral && message.onlyFor !== you.id) return;
        if (kind === 'deleted') send(socket, { kind: 'gone', channel: message.channel, ts: message.ts });
        else send(socket, { kind: 'message', message: messageSeen(message), isNew: kind === 'posted' });
      }),
      options.hosts?.subscribe((hosts) => send(socket, { kind: 'hosts', hosts })),
      options.tour?.subscribe((steps) => send(socket, { kind: 'tour', steps })),
    ];
    socket.on('close', () => {
      for (const stop of stops) stop?.();
    });
    socket.on('error', () => socket.terminate());
  }

  return {
    serve(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      if (pathname !== '/' && !pathname.startsWith('/_page/')) return false;
      if (request.method !== 'GET') {
        response.writeHead(403, { 'content-type': 'text/plain' }).end(REFUSED);
        return true;
      }
      if (serveAsset(pathname, response, context.session)) return true;
      const [, , kind, channel = '', id = ''] = pathname.split('/');
      const seen = state.seenBy(searchParams.get('as') ?? '', channel);
      if (kind === 'message') {
        const message = seen.find((one) => one.ts === id);
        if (!message) return false;
        serveText(response, 'application/json', JSON.stringify(wireMessage(message), null, 2));
        return true;
      }
      const file = kind === 'file' ? seen.flatMap(({ files }) => files).find((one) => one.id === id) : undefined;
      if (!file) return false;
      serveText(response, 'text/plain', file.content, file.name);
      return true;
    },
    upgrade(request, socket, head) {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const as = searchParams.get('as');
      const everybody = [...state.people.values()];
      const person = as ? everybody.find(({ id, name }) => id === as || name === as) : everybody[0];
      if (pathname !== '/_page/live' || !person || !isSame(searchParams.get('session') ?? '', context.session))
        return false;
      wss.handleUpgrade(request, socket, head, (connection) => welcome(connection, person));
      return true;
    },
    stop() {
      off();
      for (const socket of wss.clients) socket.terminate();
      wss.close();
    },
  };
}

function send(socket: WebSocket, frame: Frame): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}
