import type { Message } from '../server/state.ts';
import type { TourStepSeen } from '../web/protocol.ts';

/** What one person does next, and how one sees that it happened. */
interface Stage {
  readonly person: string;
  readonly text: string;
  readonly line?: string;
  /** Looks at each message of the app, new or changed. */
  readonly done: (said: string) => boolean;
}

interface Step {
  /** The command it is about; without that, the step is not offered. */
  readonly command: string;
  readonly title: string;
  readonly stages: readonly Stage[];
}

const DANA = 'U0DEV1';
const OLI = 'U0OPS1';
const PLACE = 'C0PROD';

const STEPS: readonly Step[] = [
  {
    command: '/images',
    title: 'See what is there',
    stages: [
      {
        person: DANA,
        line: '/images',
        text: 'The images on every host, in docker’s own words. Only you see the answer, until you press Share.',
        done: (said) => said.includes('REPOSITORY'),
      },
    ],
  },
  {
    command: '/logs',
    title: 'Read a log, without its secrets',
    stages: [
      {
        person: DANA,
        line: '/logs shop -n 20 @web-1',
        text: 'The shop logs its database password. Fairlead masks it before anything leaves for Slack.',
        done: (said) => said.includes('postgres://shop:***@'),
      },
    ],
  },
  {
    command: '/prune',
    title: 'Clean up, with a second pair of eyes',
    stages: [
      {
        person: DANA,
        line: '/prune images -a --on all',
        text: 'A preview of exactly what would go. Here, on-call has to agree.',
        done: (said) => said.includes('asks to remove'),
      },
      {
        person: OLI,
        text: 'Be Oli, who is on call, and press Approve. Watch the images beside the conversation.',
        done: (said) => /"?Removed \d+ image/u.test(said),
      },
    ],
  },
];

export interface Tour {
  subscribe(listener: (steps: readonly TourStepSeen[]) => void): () => void;
  /** Looks at a message; whoever sees it, the tour goes on for all windows. */
  look(message: Message): void;
}

/** Steps for the commands there are; nothing is offered that cannot be done. */
export function createTour(commands: readonly { readonly name: string }[]): Tour {
  const steps = STEPS.filter((step) => commands.some(({ name }) => name === step.command));
  const at = steps.map(() => 0);
  const listeners = new Set<(steps: readonly TourStepSeen[]) => void>();
  const seen = (): TourStepSeen[] =>
    steps.map(({ title, stages }, index) => {
      const stage = stages[Math.min(at[index] ?? 0, stages.length - 1)] as Stage;
      const { person, text, line } = stage;
      const done = (at[index] ?? 0) >= stages.length;
      return { title, text, person, channel: PLACE, done, ...(line === undefined ? {} : { line }) };
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
      for (const [index, { stages }] of steps.entries()) {
        const stage = stages[at[index] ?? 0];
        if (!stage?.done(said)) continue;
        at[index] = (at[index] ?? 0) + 1;
        moved = true;
      }
      if (moved) for (const listener of listeners) listener(seen());
    },
  };
}
