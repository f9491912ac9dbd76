import type { Message } from '../server/state.ts';
import type { TourStepSeen } from '../web/protocol.ts';
import { SHOP } from './samples.ts';

/** What one person does, and how to recognize that it is done. */
interface Action {
  readonly person: string;
  readonly text: string;
  readonly line?: string;
  /** Called with each new or changed message of the app. */
  readonly done: (said: string) => boolean;
}

interface Step {
  /** The command of the step. A step whose command is not installed is left out. */
  readonly command: string;
  readonly title: string;
  readonly actions: readonly Action[];
}

const DANA = 'U0DEV1';
const OLI = 'U0OPS1';
export const TOUR_CHANNEL = 'C0PROD';

const STEPS: readonly Step[] = [
  {
    command: '/images',
    title: 'List the images',
    actions: [
      {
        person: DANA,
        line: '/images',
        text: 'The images on every host, as docker lists them. Only you see the reply, until you press Share.',
        done: (said) => said.includes('REPOSITORY'),
      },
    ],
  },
  {
    command: '/logs',
    title: 'Read a log, without its secrets',
    actions: [
      {
        person: DANA,
        line: '/logs shop -n 20 @web-1',
        text: 'The shop logs its database password. Fairlead masks it before anything leaves for Slack.',
        done: (said) => said.includes('*shop* on *') && said.includes('postgres://shop:***@'),
      },
    ],
  },
  {
    command: '/prune',
    title: 'Clean up, with an approval',
    actions: [
      {
        person: DANA,
        line: '/prune images -a --on all',
        text: 'A preview of exactly what would be removed. In this channel, on-call has to approve it.',
        done: (said) => said.includes('wants to remove'),
      },
      {
        person: OLI,
        text: 'Become Oli, who is on call, and press Approve. Watch the images beside the conversation.',
        done: (said) => /Removed \d+ image/u.test(said),
      },
    ],
  },
  {
    command: '/deploy',
    title: 'Request a deploy',
    actions: [
      {
        person: DANA,
        line: `/deploy shop ${SHOP.next} --reason "faster basket"`,
        text: 'A card says what would change on which host, and how it is rolled back. Nothing happens yet: try to approve it yourself.',
        done: (said) => said.includes(':package:') && said.includes(SHOP.next),
      },
    ],
  },
  {
    command: '/deploy',
    title: 'Approve it as another person',
    actions: [
      {
        person: OLI,
        text: 'Become Oli and press Approve. The card follows the rollout, and so do the containers beside the conversation.',
        done: (said) => said.includes('is deployed on') && said.includes(SHOP.next),
      },
    ],
  },
  {
    command: '/deploy',
    title: 'Watch an automatic rollback',
    actions: [
      {
        person: DANA,
        line: `/deploy shop ${SHOP.bad}`,
        text: 'This version never becomes healthy. Request it all the same.',
        done: (said) => said.includes(':package:') && said.includes(SHOP.bad),
      },
      {
        person: OLI,
        text: 'Approve it as Oli and wait: the version before is restored automatically, and the evidence is in the card’s thread.',
        done: (said) => /failed its health check|was not deployed/u.test(said) && said.includes(SHOP.bad),
      },
    ],
  },
  {
    command: '/stats',
    title: 'See what each container uses',
    actions: [
      {
        person: DANA,
        line: '/stats',
        text: 'CPU and memory on all hosts, counted as docker stats does, what is nearest to its limit first.',
        done: (said) => said.includes('MEM'),
      },
    ],
  },
  {
    command: '/dock',
    title: 'Ask why a container does not run',
    actions: [
      {
        person: DANA,
        line: '/dock why importer',
        text: 'The importer ended as soon as it started. One card names the likeliest cause and what shows it.',
        done: (said) => said.includes('/etc/importer/settings.yml'),
      },
    ],
  },
  {
    command: '/exec',
    title: 'Run a command in a container',
    actions: [
      {
        person: DANA,
        line: '/exec shop @web-1 ls -l /tmp',
        text: 'Only programs that the config names, ended in time, and on record. Try another one, such as rm.',
        done: (said) => said.includes('ls -l /tmp') && said.includes('ready'),
      },
    ],
  },
  {
    command: '/dock',
    title: 'Restart a container',
    actions: [
      {
        person: DANA,
        line: '/dock restart worker @web-1',
        text: 'Restarted, and watched until it runs steadily. What depends on a container is shown before it stops.',
        done: (said) => /worker.*restarted/su.test(said),
      },
    ],
  },
];

export interface Tour {
  subscribe(listener: (steps: readonly TourStepSeen[]) => void): () => void;
  /** Checks whether a message completes an action. The tour continues in all windows. */
  look(message: Message): void;
}

/** Creates the tour, of the steps whose commands are installed. */
export function createTour(commands: readonly { readonly name: string }[]): Tour {
  const steps = STEPS.filter((step) => commands.some(({ name }) => name === step.command));
  const at = steps.map(() => 0);
  const listeners = new Set<(steps: readonly TourStepSeen[]) => void>();
  const seen = (): TourStepSeen[] =>
    steps.map(({ title, actions }, index) => {
      const action = actions[Math.min(at[index] ?? 0, actions.length - 1)] as Action;
      const { person, text, line } = action;
      const done = (at[index] ?? 0) >= actions.length;
      return { title, text, person, channel: TOUR_CHANNEL, done, ...(line === undefined ? {} : { line }) };
    });
  return {
    subscribe(listener) {
      listeners.add(listener);
      listener(seen());
      return () => listeners.delete(listener);
    },
    look(message) {
      const said = `${message.text}\n${JSON.stringify(message.blocks)}`;
      let moved = false;
      for (const [index, { actions }] of steps.entries()) {
        const action = actions[at[index] ?? 0];
        if (!action?.done(said)) continue;
        at[index] = (at[index] ?? 0) + 1;
        moved = true;
      }
      if (moved) for (const listener of listeners) listener(seen());
    },
  };
}
