import { UserError } from '../../domain/errors.ts';

/** What is asked of Slack at a start, and with which token: the bot's, the app-level one. */
export type StartCall = 'auth.test' | 'apps.connections.open';

const INSTALL = 'Under OAuth & Permissions of the Slack app press Install to Workspace, then copy its';
const BOT_TOKEN =
  'Copy the Bot User OAuth Token (xoxb-…) again from OAuth & Permissions; it was revoked or belongs to another app.';
const APP_TOKEN =
  'Basic Information > App-Level Tokens > Generate, with connections:write, and copy it as SLACK_APP_TOKEN.';
const ADMIN = 'Ask an administrator of the workspace to allow the app: Slack > Tools & settings > Manage apps.';
const SOCKET_MODE = "Turn it on under the app's Socket Mode page.";

const OF_TOKENS = ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired'];
const OF_ADMINS = [
  'access_denied',
  'enterprise_is_restricted',
  'no_permission',
  'org_login_required',
  'team_access_not_granted',
];
const every = (errors: readonly string[], hint: string) => errors.map((error) => [error, hint] as const);

/** Errors that no second attempt mends, by Slack's word for them, and what to click. */
const TO_CLICK: Readonly<Record<StartCall, ReadonlyMap<string, string>>> = {
  'auth.test': new Map([
    ...every(OF_TOKENS, BOT_TOKEN),
    ...every(OF_ADMINS, ADMIN),
    ['account_inactive', `${INSTALL} Bot User OAuth Token (xoxb-…): the app was removed, or its bot deactivated.`],
    ['not_allowed_token_type', `SLACK_BOT_TOKEN is of another kind. ${BOT_TOKEN}`],
    ['missing_scope', 'Add the scope under OAuth & Permissions > Bot Token Scopes, then press Reinstall to Workspace.'],
  ]),
  'apps.connections.open': new Map([
    ...every([...OF_TOKENS, 'missing_scope', 'not_allowed_token_type'], APP_TOKEN),
    ...every(OF_ADMINS, ADMIN),
    ...every(['socket_mode_not_enabled', 'forbidden_team', 'access_denied'], SOCKET_MODE),
    ['account_inactive', `${INSTALL} tokens again: the app was removed, or its bot deactivated.`],
  ]),
};

/** What to click for an error of Slack that only a person can mend; undefined for one that may pass. */
export const whatToClick = (call: StartCall, error: string): string | undefined => TO_CLICK[call].get(error);

/** Waits for a call; what only a person can mend is rejected as a `UserError` that says what to click. */
export async function mendable<T>(call: StartCall, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const { error: said, needed } = (error as { data?: { error?: string; needed?: string } }).data ?? {};
    const hint = said === undefined ? undefined : whatToClick(call, said);
    if (hint === undefined) throw error;
    const scope = needed === undefined ? '' : ` (${needed})`;
    throw new UserError('not_configured', `Slack refused ${call}: ${said}${scope}.`, hint, { cause: error });
  }
}
