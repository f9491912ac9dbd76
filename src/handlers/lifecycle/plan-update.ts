import type { Config } from '../../config.ts';
import type { Engine } from '../../docker/client/engine.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { sayMemory, typedSize } from '../../domain/size.ts';
import { judge } from '../../policy/guardrails.ts';
import { changed, changesBetween, limitFacts, limitsOf } from './limits.ts';
import type { Act, Target } from './types.ts';

type Update = Extract<Act, { readonly action: 'update' }>;

interface Updating {
  readonly act: Update;
  readonly raw: RawContainer;
  readonly service: string;
}

/**
 * What an update changes on one container. Throws a `UserError` where the guardrails forbid the limits it would have then,
 * where it uses more memory already, or where memory and swap do not go together.
 */
export async function planUpdate(
  engine: Engine,
  { act, raw, service }: Updating,
  config: Config,
  signal: AbortSignal,
): Promise<Pick<Target, 'changes' | 'notes'>> {
  const was = limitsOf(raw);
  const is = changed(was, act.limits);
  const { refused } = judge(limitFacts(was, is), config.guardrails);
  const said = refused.map(({ what, why, rule }) => `${code(what)}: ${why} (\`${rule}\`)`);
  if (said.length > 0)
    throw new UserError(
      'guardrail',
      `The guardrails forbid it for ${code(raw.Name)}. ${said.join(' ')}`,
      'The config can allow it under `guardrails`.',
    );
  refuseSwap(act, raw);
  await refuseBelowUse(engine, act, raw, signal);
  const changes = changesBetween(was, is);
  const isManaged = config.services.get(service)?.kind === 'container' && changes.length > 0;
  const note = `Fairlead deploys ${service}: the next deploy takes its limits from the config again.`;
  return { changes, notes: isManaged ? [note] : [] };
}

/** An engine refuses more memory than memory and swap together, and takes 0, which is not set, for a number. */
function refuseSwap({ limits }: Update, raw: RawContainer): void {
  const was = limitsOf(raw);
  const { memory } = changed(was, limits);
  const { memorySwap = was.memorySwap } = limits;
  if (limits.memorySwap !== undefined && memorySwap > 0 && memory > memorySwap)
    throw new UserError(
      'bad_input',
      `\`--memory-swap\` is memory and swap together, so it is at least the memory (${sayMemory(memory)}).`,
      undefined,
      { field: 'memorySwap' },
    );
  if (limits.memory === undefined || limits.memorySwap !== undefined || memory <= memorySwap) return;
  const set = memorySwap > 0 ? `a limit of ${sayMemory(memorySwap)}` : 'no limit';
  const line = commandLine(`update ${raw.Name} -m ${typedSize(memory)} --memory-swap ${typedSize(memory * 2)}`);
  throw new UserError(
    'conflict',
    `${code(raw.Name)} has ${set} of memory and swap together, and the engine changes both at once.`,
    phrase`Give both: ${line}.`,
  );
}

async function refuseBelowUse(
  engine: Engine,
  { limits: { memory } }: Update,
  { Id, Name, State }: RawContainer,
  signal: AbortSignal,
): Promise<void> {
  if (memory === undefined || State.Running !== true) return;
  const sample = (await engine.sampleStats([Id], { signal })).get(Id)?.memory;
  if (!sample) return;
  const used = sample.inactiveFile < sample.usage ? sample.usage - sample.inactiveFile : sample.usage;
  if (memory >= used) return;
  throw new UserError(
    'conflict',
    `${code(Name)} uses ${sayMemory(used)} now, more than ${sayMemory(memory)}: it would run out of memory.`,
    phrase`Give it more, or restart it with less to do. ${commandLine(`stats ${Name}`)} shows its use.`,
    { field: 'memory' },
  );
}
