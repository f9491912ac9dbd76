/** What was asked, or a rejection when it is not there after so many milliseconds. What is late may still have been done. */
export function inTime<T>(asked: Promise<T>, ms: number): Promise<T> {
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`No answer within ${ms / 1000} s.`)), ms).unref(),
  );
  return Promise.race([asked, late]);
}
