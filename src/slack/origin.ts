import type { Config } from '../config.ts';

/** What tells where a payload of Slack's comes from; each kind of payload has some of it. */
export interface Origin {
  readonly team_id?: string;
  readonly api_app_id?: string;
  readonly enterprise_id?: string | null;
  readonly enterprise?: object | null;
  readonly team?: { readonly id?: string } | null;
  /** Who clicked or filled a form, with their own workspace. */
  readonly user?: { readonly team_id?: string };
  /** Who wrote: a bot's words are no person's. */
  readonly event?: {
    readonly team?: string;
    readonly user_team?: string;
    readonly bot_id?: string;
    readonly bot_profile?: object;
  };
}

/**
 * Why a payload is not for this bot, for the log; undefined when it is. A channel shared with another company has people of
 * theirs, and what other bots post may be anybody's words: neither gives commands here.
 */
export function foreign(body: Origin, slack: Config['slack']): string | undefined {
  if ((body.team_id ?? body.team?.id) !== slack.team) return 'another workspace';
  if (slack.app !== undefined && body.api_app_id !== slack.app) return 'another app';
  if (body.event?.bot_id !== undefined || body.event?.bot_profile !== undefined) return 'a bot';
  const home = body.user?.team_id ?? body.event?.user_team ?? body.event?.team;
  // In an organization people have a workspace of their own among those that are one company.
  const isOrganization = Boolean(body.enterprise_id ?? body.enterprise);
  return home === undefined || home === slack.team || isOrganization ? undefined : 'somebody of another workspace';
}
