import { messageOf } from '../../domain/errors.ts';
import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import type { RawImage } from '../shapes/raw.ts';
import { isProcessEnding, type RolloutContext, StepFailed } from './context.ts';
import { dataHiddenByImage } from './hidden-data.ts';
import type { PreparedPlan } from './plan.ts';
import { endOnce } from './step-failure.ts';
import { pinnedReference, unlessGone } from './survey.ts';

/**
 * Pulls the image by its digest alone, and resolves to it as the host has it. The tag on the host is set by `tagImage`, once the version has passed. Throws
 * `StepFailed` for an image that would hide data: before the pull nobody could know.
 */
export async function pullImage(context: RolloutContext, { survey, draft }: PreparedPlan): Promise<RawImage> {
  const { engine, run, plan } = context;
  const { image } = run.wanted;
  const { platform } = survey;
  const reference = pinnedReference(run.wanted);
  await context.step(
    'pull',
    survey.image ? 'the image is already on the host' : `pulling ${image.tag ?? image.digest.slice(7, 19)}`,
  );
  const { signal } = run;
  try {
    if (!survey.image)
      await engine.pull(
        { reference, platform, auth: run.auth },
        ({ bytesDone, bytesTotal, status }) =>
          context.showProgress(status, bytesTotal > 0 ? bytesDone / bytesTotal : undefined),
        { signal },
      );
    // Someone may have removed the image since the plan was made.
    const image = await engine.imageConfig(reference, { signal, platform });
    const hidden = await dataHiddenByImage(engine, { live: survey.live, draft, image }, signal);
    if (hidden.length > 0) throw new StepFailed(hidden.join(' '), 'Then deploy again.');
    return image;
  } catch (error) {
    if (!(error instanceof EngineError) || signal.aborted) throw error;
    if (/cannot overwrite digest/iu.test(error.engineSaid))
      throw new StepFailed(
        'The host has this image for another platform, and its engine keeps one platform of an image.',
        `On the host: docker rmi ${reference}. Then deploy again.`,
        { cause: error },
      );
    const { summary, tryThis } = explain(error, { host: plan.host, reference });
    const detail = endOnce(error.engineSaid);
    const details = summary === detail ? '' : ` Details: ${detail}`;
    throw new StepFailed(`Image pull failed: ${summary}${details}`, tryThis, { cause: error });
  }
}

/**
 * Tags the image of a version that passed. Resolves to a sentence when the engine refuses: the version serves without
 * its tag too.
 */
export async function tagImage(context: RolloutContext, { imageId }: Container): Promise<string | undefined> {
  const { engine, run, plan } = context;
  const { repository, tag } = run.wanted.image;
  if (tag === undefined) return undefined;
  const reference = pinnedReference(run.wanted);
  try {
    await context.retryWhileAway(async () => {
      // Someone may have removed the digest of an image in use, which is then known by its id only.
      const image = await unlessGone(engine.imageConfig(reference));
      await engine.tagImage(image?.id ?? imageId, { repository, tag });
    });
    return undefined;
  } catch (error) {
    if (isProcessEnding(error)) throw error;
    return `Could not set tag ${tag} on ${plan.host}: ${endOnce(messageOf(error))} Set it with \`docker tag ${reference} ${repository}:${tag}\`.`;
  }
}
