/** What Slack answers while it cannot serve this app, whatever it is asked: its own trouble, or that of its token. */
const AWAY: ReadonlySet<string> = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'team_added_to_org',
  'request_timeout',
  'ratelimited',
  'rate_limited',
  'accesslimited',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'invalid_auth',
  'not_authed',
  'access_denied',
  'org_login_required',
  'ekm_access_denied',
  'team_access_not_granted',
  'missing_scope',
  'no_permission',
]);

const INVITE = 'Invite Fairlead to this channel, then retry.';
/** Where a message may not go, whatever is in it, and what to do about it. */
export const PLACES: Readonly<Record<string, string>> = {
  not_in_channel: INVITE,
  channel_not_found: INVITE,
  is_archived: 'This channel is archived: use another one.',
  restricted_action: 'A setting of this workspace does not let Fairlead post here. Ask a workspace admin.',
};

/** Nothing is wrong with the message: there was no answer, or one that is the same for every call. */
export function isAway(error: unknown): boolean {
  const said = codeOf(error);
  return said === undefined || AWAY.has(said);
}

export const isAboutPlace = (error: unknown): boolean => Object.hasOwn(PLACES, codeOf(error) ?? '');

/** Slack will never update that message again: it was deleted, may not be changed, or its channel is out of reach. */
const ENDED: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'is_inactive',
]);

export const isAboutEnded = (error: unknown): boolean => ENDED.has(codeOf(error) ?? '');

/** The error that Slack names; undefined where it gave no answer, or none of its own. */
export function codeOf(error: unknown): string | undefined {
  return (error as { data?: { error?: string } }).data?.error;
}
