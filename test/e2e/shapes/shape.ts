/** How the bot is deployed while the end-to-end stories run. */
export const SHAPES = ['one', 'replicas', 'lambda', 'terminal'] as const;
export type Shape = (typeof SHAPES)[number];

/**
 * The shape that `FAIRLEAD_TEST_SHAPE` names: `one` process on SQLite (the default), `replicas` (two receivers and two
 * workers), `lambda` (the functions, driven by events), or `terminal` (`fairlead run`, with a worker beside it).
 */
export const SHAPE: Shape = shapeOf(process.env['FAIRLEAD_TEST_SHAPE']);

function shapeOf(name = 'one'): Shape {
  const shape = SHAPES.find((known) => known === name);
  if (shape === undefined) throw new Error(`FAIRLEAD_TEST_SHAPE is one of ${SHAPES.join(', ')}, not "${name}".`);
  return shape;
}
