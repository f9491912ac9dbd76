import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalSlack } from './local-slack.ts';
import { readBytes } from './server.ts';
import type { Message } from './state.ts';
import { isSame } from './tokens.ts';

type Body = Readonly<Record<string, unknown>>;

/** The arguments of an act, as its caller sent them: callers have the session token, so the types are not checked. */
function read<Arguments extends object>(body: Body): Arguments {
  return body as Arguments;
}

/**
 * What people can do, over HTTP for callers with the session token: JSON in, JSON out; 400 with `error` when it is
 * impossible.
 */
const ACTS: Readonly<Record<string, (slack: LocalSlack, body: Body) => unknown>> = {
  type: (slack, body) => slack.type(read(body)),
  click: (slack, body) => slack.click(read(body)),
  suggest: (slack, body) => slack.suggest(read(body)),
  submitView: (slack, body) => slack.submitView(read(body)),
  closeView: (slack, body) => slack.closeView(read(body)),
  openHome: (slack, body) => slack.openHome(read(body)),
  view: (slack, body) => slack.view(read(body)) ?? null,
  home: (slack, body) => slack.home(read(body)) ?? null,
  messages: (slack, body) => slack.messages(read(body)),
  /** Waits for the first message that contains all the given texts. */
  waitFor: (slack, body) => {
    const { channel, as, contains, timeoutMs } = read<WaitBody>(body);
    const fits = (message: Message) => contains.every((words) => JSON.stringify(message).includes(words));
    return slack.waitFor(fits, { channel, as, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  },
  faults: (slack, body) => void slack.faults.next(read(body)),
  requests: (slack) => slack.requests,
  people: (slack) => ({ people: slack.people, channels: slack.channels, connections: slack.connections() }),
  connected: async (slack) => {
    await slack.connected();
    return { ok: true };
  },
  disconnect: (slack, body) => slack.disconnect(typeof body['reason'] === 'string' ? body['reason'] : undefined),
  requestUrl: (slack, body) => slack.setRequestUrl(typeof body['url'] === 'string' ? body['url'] : undefined),
};

interface WaitBody {
  readonly channel: string;
  readonly as: string;
  readonly contains: readonly string[];
  readonly timeoutMs?: number;
}

const PREFIX = '/_control/';

/** Serves `/_control/…`; false for any other path. `/_control/changes` streams every change as server-sent events. */
export async function control(slack: LocalSlack, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  if (!pathname.startsWith(PREFIX)) return false;
  const name = pathname.slice(PREFIX.length);
  const session = String(request.headers['x-session'] ?? searchParams.get('session') ?? '');
  if (!isSame(session, slack.tokens.session))
    return reply(response, 403, { error: 'The session token is missing or wrong.' });
  if (name === 'changes') return stream(slack, response);
  const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
  if (!act) return reply(response, 404, { error: `There is no control "${name}".` });
  try {
    const bytes = await readBytes(request);
    const body = bytes.length > 0 ? (JSON.parse(bytes.toString('utf8')) as Body) : Object.fromEntries(searchParams);
    return reply(response, 200, (await act(slack, body)) ?? { ok: true });
  } catch (error) {
    return reply(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function stream(slack: LocalSlack, response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': open\n\n');
  const off = slack.on('change', (change) => void response.write(`data: ${JSON.stringify(change)}\n\n`));
  response.on('close', off);
  return true;
}

function reply(response: ServerResponse, status: number, body: unknown): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
}
