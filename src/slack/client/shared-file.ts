import type { WebClient } from '@slack/web-api';
import { messageOf, UserError } from '../../domain/errors.ts';
import type { Attached } from '../../handlers/request.ts';
import { readBytes, TooLarge } from '../../paced/json.ts';

/** Where Slack keeps the files of a workspace; the token goes nowhere else. */
const FILES_HOST = 'https://files.slack.com';
const READ_MS = 10_000;

type Client = Pick<WebClient, 'files' | 'token' | 'slackApiUrl'>;

/** A file that somebody shared, read with the bot's token when a command that is allowed asks for it. */
export const sharedFile = (
  connect: () => Promise<Client>,
  { id, name }: { readonly id: string; readonly name: string },
): Attached => ({
  name,
  async read(most, signal) {
    const client = await connect();
    const url = await addressOf(client, id, most);
    const both = AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]);
    try {
      const headers = { authorization: `Bearer ${client.token}` };
      const response = await fetch(url, { headers, redirect: 'manual', signal: both });
      const isPage = /^text\/html/u.test(response.headers.get('content-type') ?? '');
      if (response.status === 200 && response.body && !isPage) return await readBytes(response.body, most);
      await response.body?.cancel();
      // Without the scope Slack sends to its page for signing in.
      throw unreadable(isPage || response.status >= 300 ? NO_SCOPE : `Slack answered ${response.status}`);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw error instanceof TooLarge ? tooLarge(most) : unreadable(messageOf(error));
    }
  },
});

const NO_SCOPE = 'Slack gives it to apps with the scope files:read only';

async function addressOf(client: Client, id: string, most: number): Promise<URL> {
  const answer = await client.files.info({ file: id }).catch((error: unknown) => {
    throw unreadable(/missing_scope/u.test(messageOf(error)) ? NO_SCOPE : messageOf(error));
  });
  const { url_private_download: address, size = 0, is_external: isElsewhere } = answer.file ?? {};
  if (size > most) throw tooLarge(most);
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  // A local Slack keeps its files beside its API.
  const api = new URL(client.slackApiUrl);
  const places = [FILES_HOST, ...(/(?:^|\.)slack\.com$/u.test(api.hostname) ? [] : [api.origin])];
  if (!url || isElsewhere || !places.includes(url.origin)) throw unreadable('it is not kept by Slack');
  return url;
}

const unreadable = (cause: string) =>
  new UserError(
    'unreachable',
    `Reading the shared file failed: ${cause}.`,
    'Add files:read under OAuth & Permissions and reinstall, or paste the text into the form.',
  );

const tooLarge = (most: number) =>
  new UserError('too_large', `The file has more than ${most / 1024} KiB.`, 'A Dockerfile is shorter.');
