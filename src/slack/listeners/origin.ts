import type { Config } from '../../config.ts';

/** Slash commands have it as a text. */
type Flag = boolean | string;

/** What tells where a payload of Slack's comes from; each kind of payload has some of it. */
export interface Origin {
  readonly team_id?: string;
  readonly api_app_id?: string;
  /** Of a slash command, which is only sent for people of the workspace it names. */
  readonly command?: string;
  readonly enterprise_id?: string | null;
  readonly enterprise?: object | null;
  readonly is_enterprise_install?: Flag;
  readonly is_ext_shared_channel?: boolean;
  readonly authorizations?: readonly { readonly is_enterprise_install?: Flag; readonly user_id?: string }[];
  readonly team?: { readonly id?: string } | null;
  /** Who clicked or filled a form, with their own workspace. */
  readonly user?: { readonly team_id?: string };
  /** The author: bots give no commands. */
  readonly event?: {
    readonly team?: string;
    readonly user_team?: string;
    readonly source_team?: string;
    readonly bot_id?: string;
    readonly bot_profile?: object;
  };
}

/**
 * Why a payload is rejected, for the log; undefined when it is accepted. Rejects people of other companies in shared channels,
 * people of other workspaces of an organization, and bots, whose posts may repeat anyone's text. A payload that could be from
 * such a person and does not name their workspace is rejected too.
 */
export function rejectionReason(body: Origin, slack: Config['slack']): string | undefined {
  const places = [body.team_id, body.team?.id].filter((team) => team !== undefined);
  if (places.length === 0 || places.some((team) => team !== slack.team)) return 'another workspace';
  if (slack.app !== undefined && body.api_app_id !== slack.app) return 'another app';
  if (body.event?.bot_id !== undefined || body.event?.bot_profile !== undefined) return 'a bot';
  const { user_team, source_team, team } = body.event ?? {};
  const homes = [body.user?.team_id, user_team, source_team, team].filter((home) => home !== undefined);
  if (homes.some((home) => home !== slack.team)) return 'a person of another workspace';
  return homes.length === 0 && mayBeForeign(body) ? 'a person without a workspace in the payload' : undefined;
}

/** Whether a payload is rejected only because its person is, or may be, of another workspace. */
export function isOutsider(body: Origin, slack: Config['slack']): boolean {
  const home = { ...body, user: { team_id: slack.team } };
  return rejectionReason(body, slack) !== undefined && rejectionReason(home, slack) === undefined;
}

function mayBeForeign(body: Origin): boolean {
  const isOn = (flag: Flag | undefined) => flag === true || flag === 'true';
  const isWide = [body, ...(body.authorizations ?? [])].some((part) => isOn(part.is_enterprise_install));
  const isOrganization = body.command === undefined && Boolean(body.enterprise_id ?? body.enterprise);
  return isWide || isOrganization || body.is_ext_shared_channel === true;
}
