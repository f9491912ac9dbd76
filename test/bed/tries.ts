import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Writes down, one a line, each test that passed only when it was tried again (`<report>.tries`), and each that failed
 * (`<report>.failed`), with how its tries ended. A line begins with the file and, in brackets, the project.
 */
export class Tries implements Reporter {
  readonly #report: string;

  constructor(report: string) {
    this.#report = report;
  }

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.#add('tries', test.module, `${test.fullName}: ${ends(test.result().errors)}`);
  }

  onTestModuleEnd(module: TestModule): void {
    if (module.ok()) return;
    const tests = [...module.children.allTests('failed')];
    for (const test of tests) this.#add('failed', module, `${test.fullName}: ${ends(test.result().errors)}`);
    // Something outside its tests failed.
    if (tests.length === 0) {
      const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
      this.#add('failed', module, ends([...module.errors(), ...suites]));
    }
  }

  #add(kind: 'tries' | 'failed', { relativeModuleId, project }: TestModule, text: string): void {
    const shape = project.name === '' ? '' : ` (${project.name})`;
    appendFileSync(`${this.#report}.${kind}`, `${relativeModuleId}${shape}: ${text.replaceAll('\n', ' ')}\n`);
  }
}

type Errors = readonly ReturnType<TestModule['errors']>[number][];

function ends(errors: Errors = []): string {
  const said = errors.map(({ message, stacks }) => `${JSON.stringify(message)} at line ${stacks?.[0]?.line ?? '?'}`);
  return said.join('; ').slice(0, 2000);
}
