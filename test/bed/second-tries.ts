import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';

/** Writes down each test that passed only when it was tried again, one a line, and how the tries before ended. */
export class SecondTries implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestCaseResult(test: TestCase): void {
    if (!test.diagnostic()?.flaky) return;
    const shape = test.project.name === '' ? '' : ` (${test.project.name})`;
    const ends = (test.result().errors ?? []).map(
      ({ message, stacks }) => `${JSON.stringify(message)} at line ${stacks?.[0]?.line}`,
    );
    appendFileSync(
      this.#file,
      `${test.module.relativeModuleId}${shape}: ${test.fullName}: ${ends.join('; ').slice(0, 2000)}\n`,
    );
  }
}
