/** The body of an answer that has none. */
export const EMPTY: AsyncIterable<Uint8Array> = (async function* nothing() {})();
