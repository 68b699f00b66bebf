import { expect, test } from 'vitest';
import { areas } from '../../builders/fuzz/areas.ts';
import { changedPrototypes, runArea, shapesOfPrototypes } from '../../builders/fuzz/runArea.ts';

/** `npm run fuzz` runs more of them. */
const inputs = 60;

test.each(areas)('$name keeps its promises whatever comes', (area) => {
  const { failures, runs } = runArea(area, 1, 0, inputs);
  expect(failures).toEqual([]);
  expect(runs).toBe(inputs);
});

test('a prototype that changed is seen', () => {
  const shapes = shapesOfPrototypes();
  expect(changedPrototypes(shapes)).toBe('');
  const shared = Object.prototype as Record<string, unknown>;
  shared['polluted'] = true;
  const changed = changedPrototypes(shapes);
  delete shared['polluted'];
  expect(changed).toBe('Object.polluted');
});

test('a broken promise is a failure with the input that shows it', () => {
  const broken = { name: 'broken', make: (): ReturnType<(typeof areas)[number]['make']> => ({ size: 1, show: () => 'the input', run: () => { throw new RangeError('Maximum call stack size exceeded'); } }) };
  const { failures } = runArea(broken, 1, 3, 4);
  expect(failures).toMatchObject([{ area: 'broken', index: 3, input: 'the input' }]);
});
