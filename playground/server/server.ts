import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import type { Fault, Faults } from './faults.ts';
import type { LoggedRequest } from './logged-request.ts';
import type { Rates } from './rates.ts';
import type { Reply, ResponseUrls } from './response-urls.ts';
import { isSame } from './tokens.ts';
import type { Fields, Outcome } from './webapi/fields.ts';
import { take } from './webapi/files.ts';
import { callApi } from './webapi/index.ts';
import type { Api } from './webapi/types.ts';

export interface Served {
  readonly api: Api;
  readonly urls: ResponseUrls;
  readonly rates: Rates | undefined;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly requests: LoggedRequest[];
}

interface Answer {
  readonly status: number;
  readonly outcome: Outcome;
  readonly retryAfterSeconds?: number | undefined;
}

/** Serves the app's calls: Web API, response_urls and upload URLs. False for any other path. */
export async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const [, section, name = ''] = new URL(request.url ?? '', 'http://localhost').pathname.split('/');
  if (section === 'files') return download(served.api, name, request, response);
  if (section !== 'api' && section !== 'respond' && section !== 'upload') return false;
  const bytes = await readBytes(request);
  if (section === 'upload') {
    const { status, text } = await upload(served.api, name, request, bytes);
    response.writeHead(status).end(text);
    return true;
  }
  const method = section === 'api' ? name : 'respond';
  const fault = served.faults.take(method);
  if (fault?.latencyMs !== undefined)
    await new Promise<void>((resolve) => void served.clock.after(fault.latencyMs ?? 0, resolve));
  if (fault?.drop === true) {
    request.socket.destroy();
    return true;
  }
  const fields = fieldsOf(request, bytes);
  const answer =
    failed(method, fault) ??
    (section === 'api' ? callWebApi(served, name, request, fields) : respond(served, name, fields));
  const logged = { method, body: fields, status: answer.status, response: answer.outcome };
  served.requests.push(logged);
  if (!answer.outcome.ok) served.api.state.changed({ kind: 'refused', request: logged });
  if (fault?.drop === 'answer') {
    request.socket.destroy();
    return true;
  }
  const { status, outcome, retryAfterSeconds } = answer;
  const scopes = section === 'api' ? { 'x-oauth-scopes': [...served.api.scopes].join(',') } : {};
  const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...scopes, ...wait });
  response.end(JSON.stringify(outcome));
  return true;
}

function failed(method: string, fault: Fault | undefined): Answer | undefined {
  const { retryAfterSeconds, status, error } = fault ?? {};
  if (retryAfterSeconds !== undefined || status === 429)
    return { status: 429, outcome: { ok: false, error: 'ratelimited' }, retryAfterSeconds: retryAfterSeconds ?? 1 };
  if (error === undefined && status === undefined) return undefined;
  const usual = method === 'respond' ? 404 : 200;
  return { status: status ?? usual, outcome: { ok: false, error: error ?? 'internal_error' } };
}

function callWebApi({ api, rates }: Served, method: string, request: IncomingMessage, fields: Fields): Answer {
  const { token: given, ...rest } = fields;
  const bearer = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1];
  const { outcome, retryAfterSeconds } = callApi(
    { method, token: bearer ?? String(given ?? ''), fields: rest },
    api,
    rates,
  );
  return { status: retryAfterSeconds === undefined ? 200 : 429, outcome, retryAfterSeconds };
}

function respond({ urls }: Served, id: string, fields: Fields): Answer {
  const { status, error } = urls.use(id, fields as Reply);
  return { status, outcome: error === undefined ? { ok: true } : { ok: false, error } };
}

/** A file for the bot, with its token and scope; anybody else is sent to the page for signing in, as by Slack. */
function download(
  { state, scopes, tokens }: Api,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): true {
  const bearer = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const file = isSame(bearer, tokens.bot) && scopes.has('files:read') ? state.file(id) : undefined;
  if (file) response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(file.content);
  else response.writeHead(302, { location: '/signin' }).end();
  return true;
}

async function upload(
  api: Api,
  id: string,
  request: IncomingMessage,
  bytes: Buffer,
): Promise<{ readonly status: number; readonly text?: string }> {
  const found = api.uploads.get(id);
  if (!found) return { status: 404 };
  const content = await contentOf(request, bytes);
  if (!take(found, content)) return { status: 400, text: 'The length is not the announced one' };
  return { status: 200, text: `OK - ${content.length}` };
}

/** The content of an upload: a form with one part, as Slack's client sends it, or just the bytes. */
async function contentOf(request: IncomingMessage, bytes: Buffer): Promise<Buffer> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const part = [...form.values()][0];
  return part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.from(part ?? '');
}

function fieldsOf(request: IncomingMessage, bytes: Buffer): Fields {
  const body = bytes.toString('utf8');
  if (!request.headers['content-type']?.startsWith('application/json'))
    return Object.fromEntries(new URLSearchParams(body));
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Fields) : {};
  } catch {
    return {};
  }
}

const MAX_BYTES = 32 * 1024 * 1024;

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BYTES) throw new Error(`A request may have ${MAX_BYTES} bytes.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
