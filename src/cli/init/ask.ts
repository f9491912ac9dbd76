import { createInterface } from 'node:readline/promises';
import { UserError } from '../../domain/errors.ts';
import type { Question } from './answers.ts';

/** Somebody at a terminal. */
export interface Terminal extends Disposable {
  /** Asks until the answer is one; undefined for an empty line, where that is one too. */
  ask<T>(question: Question<T>): Promise<T | undefined>;
  agree(words: string): Promise<boolean>;
}

/** Undefined where nobody is. */
export function terminal(): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const gone = new Promise<never>((_, reject) =>
    lines.once('close', () => reject(new UserError('stopped', '\nNothing was written.'))),
  );
  gone.catch(() => undefined);
  const line = (prompt: string) => Promise.race([lines.question(prompt), gone]);
  return {
    async ask({ words, example, empty, read }) {
      const none = empty === undefined ? '' : ` Enter for ${empty}.`;
      process.stdout.write(`\n${words}, such as ${example}.${none}\n`);
      while (true) {
        const text = (await line('> ')).trim();
        if (text === '' && empty !== undefined) return undefined;
        try {
          return read(text);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          process.stdout.write(`${error.message}\n`);
        }
      }
    },
    agree: async (words) => /^y/iu.test((await line(`\n${words} [y/N] `)).trim()),
    [Symbol.dispose]: () => lines.close(),
  };
}
