/** A function that does nothing: what Node and the runtime's loop take in all of them. */
export async function handler(): Promise<object> {
  return { statusCode: 200, headers: {}, body: '' };
}
