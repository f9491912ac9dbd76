import { type Check, type Fields, isObject, object, oneOf, string, unique } from './checks.ts';
import { plain } from './objects.ts';

const picture: Check = (value, at, context) => {
  const { image_url: url, slack_file: file } = isObject(value) ? value : {};
  if ((url === undefined) === (file === undefined))
    context.report('missing', 'either image_url or slack_file is required', at);
};
const image: Fields = {
  'alt_text!': string(2000),
  image_url: string(3000),
  slack_file: object({ id: string(255), url: string(3000) }),
};
const typedImage = object({ 'type!': oneOf('image'), ...image });
export const imageElement: Check = (value, at, context) => {
  picture(value, at, context);
  typedImage(value, at, context);
};
const imageFields = object({
  'type!': oneOf('image'),
  block_id: unique('block_id'),
  ...image,
  title: plain(2000),
});

export const imageBlock: Check = (value, at, context) => {
  picture(value, at, context);
  imageFields(value, at, context);
};
