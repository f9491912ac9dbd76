/** The protocol between the local Slack and its page. Types only: server and browser import this file. */

export interface PersonSeen {
  readonly id: string;
  readonly name: string;
  readonly title?: string;
}

export interface ChannelSeen {
  readonly id: string;
  readonly name: string;
  /** Whether the app is a member. Slack lets it post only there. */
  readonly hasApp: boolean;
}

/** A slash command as the manifest lists it. */
export interface CommandHint {
  /** With the slash. */
  readonly name: string;
  readonly description: string;
  readonly usage: string;
}

export interface FileSeen {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly bytes: number;
  readonly lines: number;
  /** The beginning of the file. */
  readonly preview: string;
}

/** A message as one person sees it. */
export interface MessageSeen {
  readonly ts: string;
  readonly channel: string;
  readonly author: string;
  readonly onlyYou: boolean;
  readonly threadTs?: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly edited: number;
  readonly files: readonly FileSeen[];
}

export interface ViewSeen {
  readonly id: string;
  readonly hash: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A call of the app that Slack refused. */
export interface RefusalSeen {
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** A Web API method, or `respond` for a response_url. */
  readonly method: string;
  readonly error: string;
  readonly details: readonly string[];
  /** The channel it was for, if that is known. */
  readonly channel?: string;
}

export interface ContainerSeen {
  readonly name: string;
  readonly image: string;
  /** `running`, `exited`, … */
  readonly state: string;
  readonly health?: string;
  /** Docker's status text, such as `Up 5 seconds`. */
  readonly status: string;
}

export interface ImageSeen {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly inUse: boolean;
}

export interface HostSeen {
  readonly name: string;
  /** Why the host does not answer; absent while it does. */
  readonly down?: string;
  readonly containers: readonly ContainerSeen[];
  readonly images: readonly ImageSeen[];
}

export interface TourStepSeen {
  readonly title: string;
  readonly text: string;
  /** The id of the person who does it. */
  readonly person: string;
  readonly channel: string;
  /** The line to type; a step without one is a click. */
  readonly line?: string;
  readonly done: boolean;
}

/** A frame from the server. `welcome` is the first, after each connection. */
export type Frame =
  | {
      readonly kind: 'welcome';
      readonly you: string;
      readonly app: PersonSeen;
      readonly slackbot: string;
      readonly people: readonly PersonSeen[];
      readonly groups: readonly { readonly id: string; readonly handle: string; readonly users: readonly string[] }[];
      readonly channels: readonly ChannelSeen[];
      /** The direct messages with the app. */
      readonly direct: string;
      /** The channel shown when the address names none. */
      readonly start: string;
      readonly commands: readonly CommandHint[];
      readonly messages: readonly MessageSeen[];
      readonly refusals: readonly RefusalSeen[];
      readonly connected: boolean;
      readonly modal: ViewSeen | null;
      readonly home: ViewSeen | null;
    }
  | { readonly kind: 'message'; readonly message: MessageSeen; readonly isNew: boolean }
  | { readonly kind: 'gone'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'views'; readonly modal: ViewSeen | null; readonly home: ViewSeen | null }
  | { readonly kind: 'refused'; readonly refusal: RefusalSeen }
  | { readonly kind: 'app'; readonly connected: boolean }
  | { readonly kind: 'hosts'; readonly hosts: readonly HostSeen[] }
  | { readonly kind: 'tour'; readonly steps: readonly TourStepSeen[] };
