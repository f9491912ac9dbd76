/** An event that a receiver did not take. The message names the cause; what the receiver said in it is cut, not redacted. */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure';
  /** Whether another attempt may succeed. */
  readonly mayRetry: boolean;
  /** Milliseconds until the receiver wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { readonly mayRetry: boolean; readonly retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.mayRetry = options.mayRetry;
    this.retryAfterMs = options.retryAfterMs;
  }
}
