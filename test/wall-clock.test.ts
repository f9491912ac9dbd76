import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Where the wall clock is read, and why it may be: everywhere else it comes as an argument, and durations go by `performance.now`. */
const READ_IN: Readonly<Record<string, string>> = {
  'src/store/time.ts': 'hands it to handlers, for what is stored and shown, as the database has it',
  'src/store/postgres/server.ts': "compared with the database's",
  'src/cli/totp.ts': 'dates an audit record',
  'src/cli/restore.ts': 'dates what is closed, and its audit records',
  'src/store/signing.ts': 'dates an audit record',
  'src/worker/deployments/owner.ts': 'part of a name',
  'src/entry/lambda/front.ts': 'compared with the time that Slack signed',
  'src/docker/rollout/names.ts': 'compared with the date an engine gave a container',
  'src/registry/catalogue/date.ts': 'compared with the date a registry gave an image',
};

/** Where something is subtracted from it, since what it is compared with is only stored. */
const SUBTRACTED_IN: Readonly<Record<string, string>> = {
  'src/docker/rollout/names.ts': 'the date an engine gave a container',
  'src/cli/check/changes.ts': 'which events were given up lately',
  'src/handlers/containers/exec.ts': 'how long a grant still counts',
  'src/entry/lambda/job.ts': 'how old a stored request is',
  'src/entry/lambda/schedule-watch.ts': 'when the schedule said that it was called',
  'src/worker/deployments/run.ts': 'how long ago an approval was given',
  'src/handlers/replicas/status.ts': 'how long a note has waited, for people to read',
  'src/scanner/scans.ts': 'how old a stored report is',
  'src/slack/cards/board.ts': 'which cards changed lately',
  'src/slack/cards/card-spots.ts': 'how long ago a request was answered',
  'src/slack/cards/outbox.ts': 'how old a note is',
};

const sources = new Map(
  globSync('src/**/*.ts').map((file) => [file, readFileSync(file, 'utf8').replaceAll('performance.now()', '')]),
);
const filesWith = (pattern: RegExp) => [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);

it('the wall clock is read where it must be, and nowhere else', () => {
  expect(sources.size).toBeGreaterThan(100);
  expect(filesWith(/\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)/u).toSorted()).toEqual(
    Object.keys(READ_IN).toSorted(),
  );
});

it('no duration is the difference of two readings of it', () => {
  expect(filesWith(/\bnow\(\)\s*-|-\s*(?:\w+\.)?now\(\)/u).toSorted()).toEqual(Object.keys(SUBTRACTED_IN).toSorted());
});
