/** A modal that becomes a command line: what is typed into it takes the same way as what is typed after a slash. */
export const FORMS = {
  deploy: 'form-deploy',
  code: 'form-code',
  totp: 'form-totp',
  reason: 'form-reason',
  containers: 'form-containers',
  exec: 'form-exec',
  run: 'form-run',
  lint: 'form-lint',
} as const;

/** Where a form was opened from; goes round through Slack in `private_metadata`. */
export interface FormPlace {
  readonly channel: string;
  readonly thread?: string | undefined;
  /** The card a one-time code is for. */
  readonly card?: string | undefined;
  /** The command line that a reason or containers are for, without them. */
  readonly line?: string | undefined;
  /** The hosts that line names, where it names any: containers are offered on these. */
  readonly hosts?: readonly string[] | undefined;
  /** Where the message that was clicked can be changed: Slack takes five answers there, within 30 minutes. */
  readonly respondTo?: string | undefined;
}

/** What every form has but its blocks. */
export function formFrame(callback: string, place: FormPlace, title: string, submit: string) {
  const label = (text: string) => ({ type: 'plain_text' as const, text });
  return {
    type: 'modal' as const,
    callback_id: callback,
    private_metadata: JSON.stringify(place),
    title: label(title),
    submit: label(submit),
    close: label('Cancel'),
  };
}
