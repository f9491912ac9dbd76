/** A group of the config that may approve, with its Slack user group or members. */
export interface Approver {
  readonly name: string;
  readonly usergroup?: string | undefined;
  readonly people: readonly string[];
}
