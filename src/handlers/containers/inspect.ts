import type { InspectArgs } from '../../commands/containers/inspect.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { UserError } from '../../domain/errors.ts';
import { evaluate } from '../../domain/template/evaluate.ts';
import { parseTemplate } from '../../domain/template/parse.ts';
import type { Node } from '../../domain/template/types.ts';
import { withoutBuildValues } from '../../image/build-values.ts';
import type { Redact } from '../../policy/redact.ts';
import { handler } from '../handler.ts';
import { settle, timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { templateRefusal } from '../template-refusal.ts';
import { type Cleaned, cleanInspection } from './inspect/clean.ts';
import { containerFacts } from './inspect/container-facts.ts';
import type { Fact } from './inspect/facts.ts';
import { findTarget, type Target } from './inspect/find-target.ts';
import { imageFacts, MOST_LAYERS } from './inspect/image-facts.ts';

export interface InspectResult extends Timed {
  readonly hosts: readonly string[];
  /** Undefined where no host answered. */
  readonly found: Inspected | undefined;
}

export interface Inspected extends Omit<Target, 'id'> {
  readonly shown:
    | { readonly as: 'facts'; readonly facts: readonly Fact[] }
    | { readonly as: 'json' | 'format'; readonly text: string };
  /** Parts of an engine's answer that were beyond the bounds. */
  readonly left: number;
}

export const inspect = handler<InspectArgs, InspectResult>()(
  ['config', 'hosts', 'now', 'redact'],
  async (request, deps, run) => {
    const { format, json } = request.args;
    if (json && format !== undefined) throw new UserError('bad_input', 'Use `--json` or `--format`, not both.');
    const template = format === undefined || format === 'json' ? undefined : parsed(format);
    const { target, failures } = await findTarget(request, deps, run.signal);
    if (!target) return { ...timed(request, deps.now(), failures), hosts: [], found: undefined };
    const read = (engine: Engine) => readTarget(engine, target, deps.redact, run.signal);
    const outcomes = await deps.hosts.each([target.host], read, { signal: run.signal });
    const settled = settle(outcomes, deps.redact);
    const [value] = settled.values.map((one) => one.value);
    const { id: _, ...named } = target;
    return {
      ...timed(request, deps.now(), [...failures, ...settled.failures]),
      hosts: settled.values.map(({ host }) => host),
      found: value && {
        ...named,
        left: value.cleaned.left,
        shown: template
          ? { as: 'format', text: filled(template, value.cleaned, format ?? '') }
          : json || format === 'json'
            ? { as: 'json', text: JSON.stringify([value.cleaned.value], null, 4) }
            : { as: 'facts', facts: value.facts },
      },
    };
  },
);

/** An inspection without its secrets, and what a view says of it. */
async function readTarget(
  engine: Engine,
  { kind, id }: Target,
  redact: Redact,
  signal: AbortSignal,
): Promise<{ readonly cleaned: Cleaned; readonly facts: readonly Fact[] }> {
  const [raw, history] = await Promise.all([
    engine.inspectWhole(kind, id, { signal }),
    kind === 'image' ? engine.imageHistory(id, { signal }) : [],
  ]);
  const cleaned = await cleanInspection(raw, redact);
  if (kind === 'container') return { cleaned, facts: containerFacts(cleaned.value) };
  const steps = history
    .slice(0, MOST_LAYERS)
    .map((step) => ({ ...step, createdBy: cleaned.hide(withoutBuildValues(step.createdBy)) }));
  return { cleaned, facts: imageFacts(cleaned.value, steps) };
}

function parsed(format: string): readonly Node[] {
  try {
    return parseTemplate(format);
  } catch (error) {
    throw templateRefusal(format, error);
  }
}

function filled(template: readonly Node[], { value }: Cleaned, format: string): string {
  try {
    return evaluate(template, value);
  } catch (error) {
    throw templateRefusal(format, error);
  }
}
