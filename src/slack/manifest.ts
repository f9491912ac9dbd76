import { stringify } from 'yaml';
import { type CommandSpec, usageHint } from '../commands/language/define.ts';
import { UMBRELLA } from '../domain/phrase.ts';

export interface ManifestOptions {
  readonly prefix: string;
  /** Where Slack should call, for signed HTTP; without it the app uses Socket Mode. */
  readonly url?: string;
}

/** Long logs as files; shared Dockerfiles; who is in which channel, for `fairlead check` and the home tab. */
const OPTIONAL_SCOPES = ['files:write', 'files:read', 'channels:read', 'groups:read'] as const;

/** The Slack app manifest, made from the command list so that neither can drift. */
export function manifest(specs: readonly CommandSpec[], options: ManifestOptions): string {
  const request = options.url === undefined ? {} : { url: options.url };
  const slash = specs
    .filter((spec) => spec.slash)
    .map((spec) => ({
      command: `/${options.prefix}${spec.name}`,
      description: spec.summary,
      usage_hint: usageHint(spec).slice(0, 1000),
      should_escape: false,
      ...request,
    }));
  const umbrella = {
    command: `/${options.prefix}${UMBRELLA}`,
    description: `Everything Fairlead does; begin with /${options.prefix}${UMBRELLA} help`,
    usage_hint: 'help | hosts | can <command line> | whoami | audit',
    should_escape: false,
    ...request,
  };
  const interactivity = {
    is_enabled: true,
    ...(options.url === undefined ? {} : { request_url: options.url, message_menu_options_url: options.url }),
  };
  const document = {
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: 'Fairlead',
      description: 'Operate Docker hosts from Slack: images, logs, cleaning up, and deploys that are approved.',
      long_description:
        'Fairlead turns slash commands into validated requests against the Docker hosts you configure. Who may say what is decided by channel and role, every decision is written to a tamper-evident audit log, and what cannot be undone waits for a confirmation.',
      background_color: '#1d2d3e',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'fairlead', always_online: false },
      slash_commands: [umbrella, ...slash],
    },
    oauth_config: {
      scopes: {
        // Slack asks for no scope that is optional only: it has to stand under both.
        bot: ['commands', 'chat:write', 'app_mentions:read', 'usergroups:read', ...OPTIONAL_SCOPES],
        bot_optional: [...OPTIONAL_SCOPES],
      },
    },
    settings: {
      event_subscriptions: {
        ...(options.url === undefined ? {} : { request_url: options.url }),
        bot_events: ['app_home_opened', 'app_mention'],
      },
      interactivity,
      org_deploy_enabled: false,
      socket_mode_enabled: options.url === undefined,
      token_rotation_enabled: false,
    },
  };
  return `# Made by "fairlead manifest --write" from the command list: change that, not this.\n${stringify(document, { lineWidth: 0 })}`;
}
