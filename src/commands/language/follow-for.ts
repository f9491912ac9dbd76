/** `-f for 5m`, as people say it, to `-f --for 5m`. The words behind what is followed are no option's value there. */
export function followFor(words: readonly string[]): readonly string[] {
  const index = words.indexOf('for');
  const following = words.some((word) => word === '--follow' || /^-[a-z]*f$/u.test(word));
  if (index < 1 || !following || (words[index + 1] ?? '-').startsWith('-')) return words;
  return [...words.slice(0, index), '--for', ...words.slice(index + 1)];
}
