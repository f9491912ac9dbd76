import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, vi } from 'vitest';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import type { Board } from '../../src/handlers/deps.ts';
import { createBoard } from '../../src/slack/cards/board.ts';
import { createLog } from '../../src/telemetry.ts';
import { plan } from '../pictures/cards.ts';
import { bare } from '../playground/app.ts';
import { question } from '../store/fixture.ts';
import { RECORD_KEY } from '../store/keys.ts';

export const STAGING = 'C0STAGING';

/** A board on a local Slack, over the store of a bot that carries nothing out. */
export async function openBoard(more: object = {}) {
  const { slack, client, ...bench } = await bare();
  const channels = { [STAGING]: { name: 'staging' } };
  const text = JSON.stringify({
    slack: { team: 'T0TEAM' },
    hosts: { 'web-1': { url: 'unix:///nowhere' } },
    channels,
    ...more,
  });
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-board-'));
  const file = join(folder, 'board.db');
  const core = await openCore(
    parseConfig(text, 'test.yml', {}),
    loadEnvironment({ DATABASE_URL: `file:${file}`, FAIRLEAD_RECORD_KEY: RECORD_KEY }),
    createLog('silent'),
  );
  const nobody = {
    membership: async () => ({ groups: new Set<string>(), unreadable: new Set<string>() }),
    members: async () => undefined,
    channels: async () => undefined,
  };
  const quiet: Board = { async post() {}, changed() {} };
  const deps = core.deps(nobody, quiet);
  onTestFinished(async () => {
    await core.close();
    await bench[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    slack,
    client,
    file,
    deps,
    store: deps.store,
    board: createBoard(client, () => deps),
    /** Another process on the same store. */
    another: (own: Partial<typeof deps> = {}) => createBoard(client, () => ({ ...deps, ...own })),
    texts: () => slack.messages({ channel: STAGING, as: 'U0OPS1' }).map((message) => JSON.stringify(message)),
    /** As if so many milliseconds had passed since processes began to post cards. */
    postingSince(ms: number) {
      const database = new DatabaseSync(file);
      database.prepare('update cards set posting_at = posting_at - ?').run(ms);
      database.close();
    },
    async asked(id: string, more: Partial<Parameters<typeof question>[1]> = {}) {
      const at = Date.now();
      await deps.store.approvals.create(
        question(id, { plan, channel: STAGING, requestedAt: at, expiresAt: at + 60_000, ...more }),
      );
    },
    async ended(id: string, state: 'rejected' | 'superseded') {
      await deps.store.approvals.decide({ id, state, by: 'U0OPS1', at: Date.now() });
    },
    async shown() {
      const [card] = slack.messages({ channel: STAGING, as: 'U0OPS1' });
      return JSON.stringify(card);
    },
  };
}

export const isRejected = (text: string) => text.includes('<@U0OPS1> rejected') && !text.includes('/dock approve');

export async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await holds()).toBe(true), { timeout: 20_000, interval: 50 });
}
