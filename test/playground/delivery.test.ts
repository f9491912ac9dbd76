import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock, type LocalSlack } from '../../playground/server/index.ts';
import { bare, bench, clientOf, connect, DEV, STAGING, signal } from './app.ts';

/** A Socket Mode connection of our own, for what a Bolt app hides. */
async function dial(
  slack: LocalSlack,
): Promise<{ socket: WebSocket; frames: Record<string, unknown>[]; next(): Promise<Record<string, unknown>> }> {
  const { url } = await clientOf(slack, slack.tokens.app).apps.connections.open({});
  const socket = new WebSocket(url ?? '');
  const frames: Record<string, unknown>[] = [];
  const waiting: ((frame: Record<string, unknown>) => void)[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Record<string, unknown>;
    frames.push(frame);
    waiting.shift()?.(frame);
  });
  const next = () => new Promise<Record<string, unknown>>((resolve) => waiting.push(resolve));
  await next();
  return { socket, frames, next };
}

describe('Socket Mode', () => {
  it('greets, and gives each envelope to exactly one connection, in turn', async () => {
    await using it = await bare();
    const [one, two] = [await dial(it.slack), await dial(it.slack)];
    expect(two.frames[0]).toMatchObject({
      type: 'hello',
      num_connections: 2,
      connection_info: { app_id: 'A0FAIRLEAD' },
    });
    for (const { socket } of [one, two])
      socket.on('message', (data) => {
        const { envelope_id } = JSON.parse(String(data)) as { envelope_id: string };
        socket.send(JSON.stringify({ envelope_id }));
      });

    for (const text of ['/a', '/b', '/c', '/d']) await it.slack.type({ person: DEV, channel: STAGING, text });

    const commands = (from: typeof one) =>
      from.frames.slice(1).map((frame) => (frame['payload'] as { command: string }).command);
    expect(commands(one)).toEqual(['/a', '/c']);
    expect(commands(two)).toEqual(['/b', '/d']);
    expect(one.frames[1]).toMatchObject({
      type: 'slash_commands',
      accepts_response_payload: true,
      envelope_id: expect.any(String),
    });
  });

  it('takes ten connections and sends the eleventh away', async () => {
    await using it = await bare();
    for (let count = 0; count < 10; count += 1) await dial(it.slack);
    expect(it.slack.connections()).toBe(10);

    const { frames } = await dial(it.slack);

    expect(frames).toMatchObject([{ type: 'disconnect', reason: 'too_many_websockets' }]);
    expect(it.slack.connections()).toBe(10);
  });

  it('lets a ticket in once, and not late', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const open = async () => (await clientOf(it.slack, it.slack.tokens.app).apps.connections.open({})).url ?? '';
    const outcome = (url: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.on('open', () => resolve('open')).on('error', (error) => resolve(error.message));
      });
    const url = await open();
    expect(await outcome(url)).toBe('open');
    expect(await outcome(url)).toContain('401');
    const late = await open();
    clock.advance(30_001);
    expect(await outcome(late)).toContain('401');
  });

  it('fails a command after three seconds without an acknowledgement, and Slackbot says so to the person', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const { next } = await dial(it.slack);
    const delivered = next();

    const typed = it.slack.type({ person: DEV, channel: STAGING, text: '/slow' });
    await delivered;
    clock.advance(2999);
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toEqual([]);
    clock.advance(1);

    expect(await typed).toEqual({ ok: false, ackMs: 3000, error: 'operation_timeout' });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toMatchObject([
      { author: 'USLACKBOT', ephemeral: true, text: '/slow failed with the error "operation_timeout"' },
    ]);
    expect(it.slack.messages({ channel: STAGING, as: 'U0OPS1' })).toEqual([]);
  });

  it('fails a command at once when nothing is connected', async () => {
    await using it = await bare();
    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });
    expect(typed).toMatchObject({ ok: false, error: 'dispatch_failed' });
  });

  it('a Bolt app comes back after Slack moved its connection', async () => {
    await using it = await bench('socket', (app) => app.command('/ps', ({ ack }) => ack('here')), {
      pingTimeoutMs: 500,
    });

    it.slack.disconnect();
    expect(it.slack.connections()).toBe(0);
    await it.slack.connected();

    expect(await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' })).toMatchObject({ ok: true });
  });

  it('loses an envelope with a dropped socket', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const { socket, frames } = await dial(it.slack);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    it.slack.faults.next({ method: 'ws', drop: true });

    const typed = it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });
    await closed;
    clock.advance(3000);

    expect(await typed).toMatchObject({ ok: false, error: 'operation_timeout' });
    expect(frames).toHaveLength(1);
  });

  it('splits work between two apps with one token', async () => {
    const seen: string[] = [];
    await using it = await bench('socket', (app) =>
      app.command('/ps', async ({ ack }) => {
        seen.push('first');
        await ack();
      }),
    );
    const stop = await connect(it.slack, 'socket', (app) =>
      app.command('/ps', async ({ ack }) => {
        seen.push('second');
        await ack();
      }),
    );
    expect(it.slack.connections()).toBe(2);

    for (let count = 0; count < 4; count += 1) await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });

    expect(seen.toSorted()).toEqual(['first', 'first', 'second', 'second']);
    await stop();
  });

  it('sends an event again that was not acknowledged: at once, after a minute, after five', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const { next } = await dial(it.slack);
    const attempts: unknown[] = [];
    const posted = it.slack.type({ person: DEV, channel: STAGING, text: '@fairlead hi' });
    attempts.push((await next())['retry_attempt']);
    for (const wait of [0, 60_000, 300_000]) {
      const frame = next();
      clock.advance(3000);
      await clock.scheduled(wait);
      clock.advance(wait);
      attempts.push((await frame)['retry_attempt']);
    }
    expect(attempts).toEqual([undefined, 1, 2, 3]);
    expect(await posted).toMatchObject({ ok: false, error: 'operation_timeout' });
  });
});

describe('commands', () => {
  it('are only known when they are installed', async () => {
    const called = signal<string>();
    await using it = await bench(
      'socket',
      (app) =>
        app.command(/.*/u, async ({ ack, command }) => {
          called.resolve(command.command);
          await ack();
        }),
      { commands: ['/ps'] },
    );

    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/foo bar' });
    await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });

    expect(typed).toMatchObject({ ok: false, error: 'invalid_command' });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toMatchObject([
      { author: 'USLACKBOT', text: '/foo is not a valid command.' },
    ]);
    expect(await called.promise).toBe('/ps');
  });

  it('do not work in threads', async () => {
    await using it = await bench('socket', (app) => app.command('/ps', ({ ack }) => ack('hi')));
    const { ts } = await it.slack.type({ person: DEV, channel: STAGING, text: 'root' });
    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/ps', threadTs: ts });
    expect(typed).toMatchObject({ ok: false, error: 'not_supported_in_threads' });
  });

  it('are shown to the channel when the answer is for the channel', async () => {
    await using it = await bench('socket', (app) =>
      app.command('/ps', ({ ack }) => ack({ text: 'all', response_type: 'in_channel' })),
    );
    await it.slack.type({ person: DEV, channel: STAGING, text: '/ps -a' });
    expect(it.slack.messages({ channel: STAGING, as: 'U0OPS1' })).toMatchObject([
      { author: DEV, text: '/ps -a' },
      { author: 'U0FAIRLEAD', text: 'all', ephemeral: false },
    ]);
  });
});
