/** Why the rest of a layer or of an archive was not read. */
export type CutCause = 'damaged' | 'bytes' | 'entries' | 'ratio' | 'format';

/** Bytes that are no tar archive, or go beyond a limit. The message says which, without a full stop. */
export class CutOff extends Error {
  override readonly name = 'CutOff';
  readonly reason: CutCause;

  constructor(reason: CutCause, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

export const damaged = (why: string): CutOff => new CutOff('damaged', why);
