import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { measure, measurements, type Measurement } from '../builders/parity.ts';
import { sharedData } from '../builders/sharedData.ts';

const pathOf = (file: string): string => join(sharedData ?? '', '..', file);
const missing = sharedData === undefined ? 'the vectors are absent beside this repository' : measurements.filter(({ file }) => !existsSync(pathOf(file))).map(({ file }) => file).join(', ');
if (missing !== '') console.warn(`parity is not tested: ${missing}`);

describe.skipIf(missing !== '')('parity with the references', () => {
  test.each(measurements)('$file, $what: every row agrees', (measurement) => {
    const measured = measure(measurement, readFileSync(pathOf(measurement.file), 'utf8'));
    expect(measured.rows).toBeGreaterThan(0);
    expect(measured.disagreements).toEqual([]);
    expect(measured.agreed).toBe(measured.rows);
  });
});

test('a row that disagrees, and one that cannot be read, are counted and named', () => {
  const measurement: Measurement = { file: 'x', what: 'x', compare: (row) => ({ reference: String(row['a'] === 1), here: 'true' }) };
  expect(measure(measurement, '{"vector_id":"one","a":1}\n{"vector_id":"two","a":2}\nno json\n')).toMatchObject({
    rows: 3, agreed: 1, disagreements: [{ id: 'two', reference: 'false', here: 'true' }, { id: 'line 3', reference: 'a row', here: 'unreadable' }],
  });
});
