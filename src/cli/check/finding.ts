/** One thing that was tested: well, worth knowing, hardly meant, or to be mended. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'warn' | 'fail';
  readonly what: string;
  /** What to do about it. */
  readonly fix?: string;
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const note = (what: string, fix: string): Finding => ({ level: 'note', what, fix });
export const warn = (what: string, fix: string): Finding => ({ level: 'warn', what, fix });
export const fail = (what: string, fix: string): Finding => ({ level: 'fail', what, fix });
