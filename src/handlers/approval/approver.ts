/** Who may answer: a group of the config, as it can be mentioned. */
export interface Approver {
  readonly name: string;
  readonly usergroup?: string | undefined;
  readonly people: readonly string[];
}
