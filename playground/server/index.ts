import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createChoices } from './choices.ts';
import { click, closeView, openHome, submitView } from './clicking.ts';
import { systemClock } from './clock.ts';
import { control } from './control.ts';
import { CHANNELS, PEOPLE, SCOPES, USER_GROUPS } from './defaults.ts';
import { createEventSender, type Delivery } from './delivery.ts';
import { createFaults } from './faults.ts';
import { createHttpDelivery } from './http-delivery.ts';
import { isOwn } from './local-only.ts';
import type { LocalSlack, SlackOptions, WaitOptions } from './local-slack.ts';
import type { LoggedRequest } from './logged-request.ts';
import { createPage } from './page/index.ts';
import { createRates } from './rates.ts';
import { createResponseUrls } from './response-urls.ts';
import { type Served, serve } from './server.ts';
import { createSocketHub } from './socket.ts';
import { createState } from './state.ts';
import { suggest } from './suggesting.ts';
import { createTokens } from './tokens.ts';
import { createTriggers } from './triggers.ts';
import { edit, type } from './typing.ts';
import { until } from './until.ts';
import { createViews } from './views.ts';
import { createMemberLookup, type Workspace } from './workspace.ts';

const REFUSED = 'Only this machine, and pages of its own, may ask here.';

/** Starts a local Slack: a server for this machine only, as strict as Slack itself. */
export async function startSlack(options: SlackOptions = {}): Promise<LocalSlack> {
  const clock = options.clock ?? systemClock;
  const { people = PEOPLE, channels = CHANNELS, userGroups = USER_GROUPS } = options;
  const state = createState({ people, channels, userGroups }, clock);
  const [faults, triggers, views] = [createFaults(), createTriggers(clock), createViews(state)];
  const scopes = new Set(options.scopes ?? SCOPES);
  const requests: LoggedRequest[] = [];
  const tokens = createTokens();
  let url = '';
  let requestUrl: string | undefined;

  const server = createServer((request, response) => {
    const handled = async () => {
      // Checked first: any page in the user's browser can send requests to this machine.
      if (!isOwn(request)) {
        response
          .writeHead(403, { 'content-type': 'application/json' })
          .end(JSON.stringify({ ok: false, error: REFUSED }));
        return;
      }
      if ((await serve(served, request, response)) || (await control(slack, request, response))) return;
      if (page?.serve(request, response)) return;
      response.writeHead(404).end();
    };
    handled().catch(() => response.destroy());
  });
  const hub = createSocketHub(clock, faults, () => state.changed({ kind: 'socket' }));
  const page = options.page
    ? createPage(options.page, {
        state,
        views,
        session: tokens.session,
        connections: () => hub.count(),
        now: () => clock.now(),
      })
    : undefined;
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (isOwn(request) && (page?.upgrade(request, socket, head) || hub.upgrade(request, socket, head))) return;
    socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
  });
  const urls = createResponseUrls(state, clock, (id) => `${url}/respond/${id}`);
  const socketUrl = () => `${url.replace(/^http/u, 'ws')}${hub.ticket()}`;
  const served: Served = {
    api: { state, views, triggers, scopes, tokens, uploads: new Map(), url: () => url, socketUrl },
    rates: options.rateLimits === false ? undefined : createRates(clock),
    ...{ urls, faults, clock, requests },
  };
  const delivery = (): Delivery =>
    requestUrl === undefined ? hub : createHttpDelivery(requestUrl, tokens.signingSecret, clock);
  const events = createEventSender(delivery, clock);
  const memberIn = createMemberLookup(state);
  const { commands } = options;
  const workspace: Workspace = {
    ...{ state, views, urls, triggers, faults, clock, scopes, commands, events, delivery, memberIn },
    choices: createChoices(),
  };
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const seen = ({ channel, as }: WaitOptions) =>
    state.all().filter((message) => {
      if (channel !== undefined && message.channel !== channel) return false;
      return as === undefined || state.seenBy(as, message.channel).includes(message);
    });
  const slack: LocalSlack = {
    url,
    apiUrl: `${url}/api/`,
    tokens,
    people,
    channels,
    faults,
    requests,
    setRequestUrl(next) {
      requestUrl = next;
    },
    setUserGroup: (id, users) =>
      void state.userGroups.set(id, { id, name: id, handle: id, ...state.userGroups.get(id), users }),
    connected: async () =>
      void (await until(
        state,
        () => hub.count() || undefined,
        15_000,
        () => 'No Socket Mode connection was opened.',
      )),
    connections: () => hub.count(),
    disconnect: (reason = 'refresh_requested') => hub.disconnect(reason),
    frame: (data) => hub.frame(data),
    type: (typed) => type(workspace, typed),
    edit: (change) => edit(workspace, change),
    click: (given) => click(workspace, given),
    suggest: (given) => suggest(workspace, given),
    submitView: (submission) => submitView(workspace, submission),
    closeView: ({ person, all }) => closeView(workspace, person, all),
    openHome: ({ person }) => openHome(workspace, person),
    view: ({ person }) => views.top(person),
    home: ({ person }) => views.home(person),
    messages: ({ channel, as }) => state.seenBy(as, channel),
    waitFor: (fits, wait = {}) =>
      until(
        state,
        () => seen(wait).find(fits),
        wait.timeoutMs ?? 30_000,
        () => `No such message came. The last ones: ${JSON.stringify(seen(wait).slice(-4)).slice(0, 3000)}`,
      ),
    on: (_, listener) => state.onChange(listener),
    async stop() {
      events.stop();
      hub.stop();
      page?.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return slack;
}

export { createManualClock } from './clock.ts';
export * from './defaults.ts';
export { buttonsOf } from './elements.ts';
export type { LocalSlack, SlackOptions } from './local-slack.ts';
export type { Message } from './state.ts';
