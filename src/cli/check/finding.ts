/** One thing that was tested: well, worth knowing, or to be mended. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'fail';
  readonly what: string;
  /** What to do about it. */
  readonly fix?: string;
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const note = (what: string, fix: string): Finding => ({ level: 'note', what, fix });
export const fail = (what: string, fix: string): Finding => ({ level: 'fail', what, fix });
