import type { Severity } from '../finding.ts';
import { chainOf, type Dockerfile, type Instruction, type Stage } from '../model.ts';

export interface Found {
  readonly line: number;
  readonly says: string;
}

/** What a rule looks at. */
export interface Subject {
  readonly file: Dockerfile;
  /** The stages whose layers are in the image. */
  readonly kept: ReadonlySet<Stage>;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  find(subject: Subject): Found[];
}

/** An instruction and the stage it is in. */
export interface Placed {
  readonly instruction: Instruction;
  readonly stage: Stage | undefined;
  readonly subject: Subject;
}

type Says = string | ((placed: Placed) => string);

interface OfInstructions {
  readonly id: string;
  readonly severity: Severity;
  /** Its keywords. */
  readonly on: readonly string[];
  readonly says: Says;
  /** Whether the rule is broken there. */
  isBroken(placed: Placed): boolean;
}

/** A rule that judges one instruction at a time. */
export function ofInstructions({ id, severity, on, says, isBroken }: OfInstructions): Rule {
  return {
    id,
    severity,
    find: (subject) =>
      subject.file.instructions.flatMap((instruction) => {
        if (!on.includes(instruction.keyword)) return [];
        const placed = { instruction, stage: subject.file.stages[instruction.stage], subject };
        if (!isBroken(placed)) return [];
        return [{ line: instruction.line, says: typeof says === 'string' ? says : says(placed) }];
      }),
  };
}

/** What stands before an instruction in its stage, and in those that this one starts from. */
export function before({ instruction, stage }: Placed): Instruction[] {
  const [own = [], ...earlier] = chainOf(stage).map(({ instructions }) => instructions);
  return [...earlier.toReversed().flat(), ...own.slice(0, own.indexOf(instruction))];
}
