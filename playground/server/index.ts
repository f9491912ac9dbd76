import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Acknowledged, createHttpDelivery, createSocketDelivery, type Kind } from './delivery.ts';
import { createFaults, type Faults } from './faults.ts';
import { createResponseUrls, type Reply } from './response-urls.ts';
import { type Call, callApi, type Outcome } from './webapi.ts';
import { APP, BOT_USER, createWorld, PEOPLE, SLACKBOT, type StoredMessage, TEAM } from './world.ts';

export interface LocalSlack {
  readonly url: string;
  /** What SLACK_API_URL should be. */
  readonly apiUrl: string;
  readonly faults: Faults;
  /** Every Web API call the app made. */
  readonly calls: {
    readonly method: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly outcome: Outcome;
  }[];
  readonly userGroups: Map<string, readonly string[]>;
  /** From now on payloads go to this address, signed, instead of over a socket. */
  deliverTo(url: string): void;
  /** Settles when the app has a Socket Mode connection open. */
  connected(): Promise<void>;
  /** A person types in a channel. Settles when the app acknowledged, or failed to. */
  type(person: string, channel: string, text: string, threadTs?: string): Promise<Acknowledged>;
  /** A person presses a button they can see, found by its label. `times` presses it that often at once. */
  click(person: string, message: StoredMessage, label: string, times?: number): Promise<Acknowledged>;
  /** What a person sees in a channel, oldest first. */
  messages(person: string, channel: string): StoredMessage[];
  /** The first message a person sees there that fits, now or later. */
  waitFor(
    person: string,
    channel: string,
    fits: (message: StoredMessage) => boolean,
    timeoutMs?: number,
  ): Promise<StoredMessage>;
  /** Calls the listener at every change; gives back how to stop that. */
  onChange(listener: () => void): () => void;
  /** Closes the app's connections as Slack does when it moves them. */
  dropSockets(): void;
  stop(): Promise<void>;
}

export interface Options {
  readonly port?: number;
  readonly scopes?: readonly string[];
  /** Slash commands that are installed; all others are unknown to Slack. All are known when left out. */
  readonly commands?: readonly string[];
  readonly now?: () => number;
}

const SCOPES = ['commands', 'chat:write', 'app_mentions:read', 'usergroups:read', 'files:write'];
const MOST_SOCKETS = 10;

/** A stand-in for Slack's server side, as strict as Slack. */
export async function startSlack(options: Options = {}): Promise<LocalSlack> {
  const world = createWorld();
  const faults = createFaults();
  const urls = createResponseUrls(world, options.now ?? Date.now);
  const sockets: WebSocket[] = [];
  const socketDelivery = createSocketDelivery(sockets);
  const calls: LocalSlack['calls'] = [];
  const uploads = new Map<string, { name: string; content: string }>();
  const scopes = new Set(options.scopes ?? SCOPES);
  let url = '';
  let requestUrl: string | undefined;

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.writeHead(500).end());
  });
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '').split('?')[0] ?? '';
    const body = await readBody(incoming);
    const [, kind, name = ''] = path.split('/');
    const fault = faults.take(kind === 'api' ? name : 'respond');
    if (fault?.latencyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.latencyMs));
    if (fault?.retryAfterSeconds !== undefined)
      return void response
        .writeHead(429, { 'retry-after': String(fault.retryAfterSeconds) })
        .end('{"ok":false,"error":"ratelimited"}');
    if (fault?.status !== undefined) return void response.writeHead(fault.status).end(fault.error ?? '');
    if (kind === 'api') {
      const call: Call = {
        method: name,
        token: (incoming.headers.authorization ?? '').replace(/^Bearer /u, ''),
        fields: fieldsOf(incoming, body),
      };
      const outcome: Outcome =
        fault?.error !== undefined
          ? { ok: false, error: fault.error }
          : callApi(call, {
              world,
              scopes,
              url,
              uploads,
              openSocketUrl: () => `${url.replace('http', 'ws')}/link?ticket=${randomUUID()}`,
            });
      calls.push({ method: name, fields: call.fields, outcome });
      return void response
        .writeHead(200, { 'content-type': 'application/json', 'x-oauth-scopes': [...scopes].join(',') })
        .end(JSON.stringify(outcome));
    }
    if (kind === 'respond') {
      const { status, body: text } =
        fault?.error !== undefined ? { status: 404, body: fault.error } : urls.use(name, JSON.parse(body) as Reply);
      return void response.writeHead(status).end(text);
    }
    const upload = kind === 'upload' ? uploads.get(name) : undefined;
    if (!upload) return void response.writeHead(404).end();
    upload.content = body;
    response.writeHead(200).end('OK');
  }

  const wss = new WebSocketServer({ server, path: '/link' });
  wss.on('connection', (socket) => {
    if (sockets.length >= MOST_SOCKETS) return socket.close(1008, 'too_many_websockets');
    sockets.push(socket);
    socket.on('close', () => {
      const index = sockets.indexOf(socket);
      if (index >= 0) sockets.splice(index, 1);
    });
    socket.on('message', (data) => {
      const { envelope_id, payload } = JSON.parse(String(data)) as { envelope_id?: string; payload?: unknown };
      if (envelope_id !== undefined) socketDelivery.acknowledge(envelope_id, payload);
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.length,
        connection_info: { app_id: APP },
        debug_info: { host: 'local' },
      }),
    );
    world.changed();
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const send = (kind: Kind, payload: object) =>
    (requestUrl === undefined ? socketDelivery : createHttpDelivery(requestUrl)).send(kind, payload);
  const nameOf = (person: string) => PEOPLE.find((item) => item.id === person)?.name ?? person;
  const sees = (person: string, message: StoredMessage) =>
    (world.channels.get(message.channel)?.members.has(person) ?? false) &&
    (message.onlyFor === undefined || message.onlyFor === person);

  async function slash(person: string, channel: string, text: string): Promise<Acknowledged> {
    const [command = '', ...rest] = text.split(' ');
    const slackbot = (words: string) => void world.add({ channel, author: SLACKBOT, text: words, onlyFor: person });
    if (options.commands && !options.commands.includes(command)) {
      slackbot(`${command} is not a valid command.`);
      return { ok: false, ms: 0, error: 'unknown_command' };
    }
    const place = world.channels.get(channel);
    const payload = {
      token: 'x',
      command,
      text: rest.join(' ').trim(),
      response_url: `${url}/respond/${urls.issue(person, channel)}`,
      trigger_id: randomUUID(),
      user_id: person,
      user_name: nameOf(person),
      team_id: TEAM,
      team_domain: 'fairlead',
      channel_id: channel,
      channel_name: place?.name ?? '',
      api_app_id: APP,
      is_enterprise_install: 'false',
    };
    const acknowledged = await send('slash_commands', payload);
    if (!acknowledged.ok) {
      slackbot(`${command} failed with the error "${acknowledged.error}"`);
      return acknowledged;
    }
    const reply = acknowledged.payload as Reply | undefined;
    if (reply?.text === undefined && reply?.blocks === undefined) return acknowledged;
    // An answer for the channel also shows what was typed.
    if (reply.response_type === 'in_channel') world.add({ channel, author: person, text });
    const error = urls.say(person, channel, undefined, reply);
    if (error === undefined) return acknowledged;
    slackbot(`${command} failed with the error "${error}"`);
    return { ok: false, ms: acknowledged.ms, error };
  }

  async function say(
    person: string,
    channel: string,
    text: string,
    threadTs: string | undefined,
  ): Promise<Acknowledged> {
    const words = text.replace(/^@fairlead\b/u, `<@${BOT_USER}>`);
    const message = world.add({ channel, author: person, text: words, threadTs });
    if (!words.includes(`<@${BOT_USER}>`) || !world.channels.get(channel)?.members.has(BOT_USER))
      return { ok: true, ms: 0, payload: undefined };
    const escaped = words.replace(/&/gu, '&amp;').replace(/<(?!@)/gu, '&lt;');
    const event = {
      type: 'app_mention',
      user: person,
      text: escaped,
      ts: message.ts,
      event_ts: message.ts,
      channel,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    };
    return send('events_api', {
      token: 'x',
      team_id: TEAM,
      api_app_id: APP,
      type: 'event_callback',
      event_id: `Ev${randomUUID()}`,
      event_time: Math.floor(Date.now() / 1000),
      event,
      authorizations: [
        { team_id: TEAM, user_id: BOT_USER, is_bot: true, enterprise_id: null, is_enterprise_install: false },
      ],
    });
  }

  function press(person: string, message: StoredMessage, label: string): Promise<Acknowledged> {
    const button = buttonsOf(message).find((item) => item.text.text === label);
    if (!button || !world.messages.includes(message) || !sees(person, message))
      return Promise.reject(new Error(`${person} sees no button "${label}" there.`));
    const place = world.channels.get(message.channel);
    const ephemeral = message.onlyFor !== undefined;
    return send('interactive', {
      type: 'block_actions',
      token: 'x',
      team: { id: TEAM, domain: 'fairlead' },
      user: { id: person, username: nameOf(person), team_id: TEAM },
      api_app_id: APP,
      trigger_id: randomUUID(),
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: message.channel,
        is_ephemeral: ephemeral,
        ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
      },
      channel: { id: message.channel, name: place?.name ?? '' },
      ...(ephemeral
        ? {}
        : { message: { type: 'message', ts: message.ts, text: message.text, blocks: message.blocks } }),
      state: { values: {} },
      response_url: `${url}/respond/${urls.issue(person, message.channel, message)}`,
      actions: [
        {
          type: 'button',
          action_id: button.action_id,
          block_id: 'b',
          text: button.text,
          value: button.value,
          action_ts: String(Date.now() / 1000),
        },
      ],
    });
  }

  const messages: LocalSlack['messages'] = (person, channel) =>
    world.messages.filter((message) => message.channel === channel && sees(person, message));
  const until = <T>(look: () => T | undefined, timeoutMs: number, what: () => string): Promise<T> =>
    new Promise((resolve, reject) => {
      const check = () => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(timer);
        off();
        resolve(found);
      };
      const off = world.onChange(check);
      const timer = setTimeout(() => {
        off();
        reject(new Error(what()));
      }, timeoutMs);
      check();
    });

  return {
    url,
    apiUrl: `${url}/api/`,
    faults,
    calls,
    userGroups: world.userGroups,
    deliverTo(address) {
      requestUrl = address;
    },
    connected: () =>
      until(
        () => (sockets.length > 0 ? sockets.length : undefined),
        15_000,
        () => 'No Socket Mode connection was opened.',
      ).then(() => {}),
    type: (person, channel, text, threadTs) =>
      text.startsWith('/') ? slash(person, channel, text) : say(person, channel, text, threadTs),
    async click(person, message, label, times = 1) {
      const presses = await Promise.all(Array.from({ length: times }, () => press(person, message, label)));
      return presses[0] as Acknowledged;
    },
    messages,
    onChange: (listener) => world.onChange(listener),
    waitFor: (person, channel, fits, timeoutMs = 10_000) =>
      until(
        () => messages(person, channel).find(fits),
        timeoutMs,
        () =>
          `No such message came. ${person} sees in ${channel}: ${JSON.stringify(messages(person, channel).slice(-4), null, 1).slice(0, 3000)}`,
      ),
    dropSockets() {
      for (const socket of [...sockets]) {
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
        socket.close();
      }
    },
    async stop() {
      for (const socket of wss.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface ButtonShape {
  readonly action_id: string;
  readonly value: string;
  readonly text: { readonly type: string; readonly text: string };
}

export function buttonsOf(message: StoredMessage): ButtonShape[] {
  const actions = message.blocks.filter(
    (block): block is { type: string; elements: ButtonShape[] } => (block as { type?: string }).type === 'actions',
  );
  return actions.flatMap((block) => block.elements);
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function fieldsOf(incoming: IncomingMessage, body: string): Record<string, unknown> {
  if (incoming.headers['content-type']?.startsWith('application/json'))
    return JSON.parse(body) as Record<string, unknown>;
  return Object.fromEntries(new URLSearchParams(body));
}
