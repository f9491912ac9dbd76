import type { Config } from '../../config.ts';

/** Slash commands have it as a text. */
type Flag = boolean | string;

/** A modal or home tab that was clicked in or filled. */
export interface OriginView {
  /** The workspace that has the app. */
  readonly app_installed_team_id?: string;
}

/** What tells where a payload of Slack's comes from; each kind of payload has some of it. */
export interface Origin {
  readonly team_id?: string;
  /** The workspace through which the app receives an event. */
  readonly context_team_id?: string | null;
  readonly api_app_id?: string;
  /** Of a slash command, which is only sent for people of the workspace it names. */
  readonly command?: string;
  readonly enterprise_id?: string | null;
  readonly enterprise?: object | null;
  readonly is_enterprise_install?: Flag;
  readonly is_ext_shared_channel?: boolean;
  /** The installation of the app that an event is visible to. */
  readonly authorizations?: readonly {
    readonly team_id?: string | null;
    readonly is_enterprise_install?: Flag;
    readonly user_id?: string;
  }[];
  readonly team?: { readonly id?: string } | null;
  /** Who clicked or filled a form, with their own workspace. */
  readonly user?: { readonly team_id?: string };
  readonly view?: OriginView;
  /** The author: bots give no commands. */
  readonly event?: {
    readonly team?: string;
    readonly user_team?: string;
    readonly source_team?: string;
    readonly user_profile?: { readonly team?: string };
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
  if (places.length === 0 || [...places, ...installedIn(body)].some((team) => team !== slack.team))
    return 'another workspace';
  if (slack.app !== undefined && body.api_app_id !== slack.app) return 'another app';
  if (body.event?.bot_id !== undefined || body.event?.bot_profile !== undefined) return 'a bot';
  const { user_team, source_team, team, user_profile } = body.event ?? {};
  const homes = [body.user?.team_id, user_team, source_team, team, user_profile?.team].filter(
    (home) => home !== undefined,
  );
  if (homes.some((home) => home !== slack.team)) return 'a person of another workspace';
  return homes.length === 0 && mayBeForeign(body) ? 'a person without a workspace in the payload' : undefined;
}

/** Whether a payload is rejected only because its person is, or may be, of another workspace. */
export function isOutsider(body: Origin, slack: Config['slack']): boolean {
  const home = { ...body, user: { team_id: slack.team } };
  return rejectionReason(body, slack) !== undefined && rejectionReason(home, slack) === undefined;
}

/** The workspaces that have the app, as far as the payload says; an installation for a whole organization is in none. */
function installedIn({ context_team_id, view, authorizations = [] }: Origin): string[] {
  const own = authorizations.filter(({ is_enterprise_install }) => !isOn(is_enterprise_install));
  const teams = [context_team_id, view?.app_installed_team_id, ...own.map(({ team_id }) => team_id)];
  return teams.filter((team) => team !== undefined && team !== null);
}

const isOn = (flag: Flag | undefined) => flag === true || flag === 'true';

// Slack names the workspace of everybody who clicks or fills a form.
function mayBeForeign(body: Origin): boolean {
  const isWide = [body, ...(body.authorizations ?? [])].some((part) => isOn(part.is_enterprise_install));
  const isOrganization = body.command === undefined && Boolean(body.enterprise_id ?? body.enterprise);
  return isWide || isOrganization || body.is_ext_shared_channel === true || body.user !== undefined;
}
