import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { applyDecisions, type ApplyOptions, type ApplyResult } from '../../../../src/app/applyDecisions.ts';
import { nodePorts } from '../../../../src/app/nodePorts.ts';
import { readDecisions } from '../../../../src/app/decisionsFile.ts';
import { revertDecisions, type RevertOptions, type RevertResult } from '../../../../src/app/review/revertDecisions.ts';
import { readDataset } from '../../../../src/core/dataset/dataset.ts';
import { labelHash } from '../../../../src/core/dataset/identity.ts';
import { writeRow } from '../../../../src/core/dataset/registry.ts';
import type { Label, Sample } from '../../../../src/core/dataset/sample.ts';
import type { AppliedOperation } from '../../../../src/core/review/applied.ts';
import { buildProject, cityLabel, decide, type BuiltProject } from '../../../builders/builtProject.ts';
import { dialectRows } from '../../../builders/dialectRows.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function project(): BuiltProject {
  const directory = mkdtempSync(join(tmpdir(), 'looptool-applied-'));
  folders.push(directory);
  return buildProject(directory);
}

const ports = nodePorts('dist/cli.js');
const apply = (directory: string, options: Partial<ApplyOptions> = {}): Promise<ApplyResult> => applyDecisions(ports, { project: directory, write: true, by: 'applier', ...options });
const revert = (directory: string, which: RevertOptions['which'], options: Partial<RevertOptions> = {}): Promise<RevertResult> => revertDecisions(ports, { project: directory, which, write: true, by: 'reverter', ...options });
const audit = (directory: string): readonly AppliedOperation[] =>
  readFileSync(join(directory, '.looptool/applied.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AppliedOperation);
const at = (built: BuiltProject, n: number): Sample => {
  const sample = built.samples[n];
  if (sample === undefined) throw new Error(`no sample ${n}`);
  return sample;
};
const append = (directory: string, operation: object): void => appendFileSync(join(directory, '.looptool/decisions.jsonl'), `${JSON.stringify({ v: 1, op: 'decide', at: '2026-02-03T04:05:06.000Z', by: 'ann', ...operation })}\n`);
const labelIn = (file: string, id: string): string | undefined => readDataset(readFileSync(file, 'utf8'), { file, steps: 'all' }).samples.find(({ sample }) => sample.id === id)?.sample.labelHash;

describe('the audit', () => {
  it('tells of each changed label who decided, who applied, what stood there and what stands there, and that it was written', async () => {
    const built = project();
    append(built.directory, { id: 'd1', sampleId: at(built, 0).id, labelHash: at(built, 0).labelHash, round: 1, ruling: 'edit', label: cityLabel('Lyon', 1), note: 'said so' });
    const { batch } = await apply(built.directory);
    const [change, done] = audit(built.directory);
    expect(change).toMatchObject({ op: 'change', batch, by: 'applier', file: 'data/train.jsonl', sampleId: at(built, 0).id, record: 0, step: 0, decision: 'd1', decidedBy: 'ann', round: 1, source: 'person', oldHash: at(built, 0).labelHash, old: cityLabel('Paris', 1), newHash: labelHash(cityLabel('Lyon', 1)), new: cityLabel('Lyon', 1), reason: 'said so' });
    expect(done).toMatchObject({ op: 'done', batch, file: 'data/train.jsonl' });
    expect(readFileSync(join(built.directory, '.looptool/.gitignore'), 'utf8')).toContain('!applied.jsonl');
  });

  it.each(['intend', 'copy', 'write', 'done'] as const)('says the truth after a crash before the step %s, and the same command goes on', async (step) => {
    const built = project();
    decide(built.directory, at(built, 0), cityLabel('Lyon', 1));
    const before = readFileSync(built.datasetFile, 'utf8');
    const crash = apply(built.directory, { onStep: (now) => { if (now === step) throw new Error('killed'); } });
    await expect(crash).rejects.toThrow('killed');
    const happened = step === 'done';
    expect(readFileSync(built.datasetFile, 'utf8') === before).toBe(!happened);
    const again = await apply(built.directory);
    expect(again.files).toHaveLength(happened ? 0 : 1);
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(before.replace(/Paris(\\*")/, 'Lyon$1'));
    const ends = audit(built.directory).filter(({ op }) => op !== 'change').map(({ op }) => op);
    expect(ends).toEqual(step === 'intend' ? ['done'] : happened ? ['done'] : ['void', 'done']);
    expect((await revert(built.directory, { person: 'tester' })).files[0]?.edits).toHaveLength(1);
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(before);
  });
});

describe('both correct', () => {
  it('puts the accepted answer into the file, and is done with then', async () => {
    const built = project();
    const sample = at(built, 0);
    append(built.directory, { id: 'd1', sampleId: sample.id, labelHash: sample.labelHash, round: 1, ruling: 'bothCorrect', label: cityLabel('Lyon', 1) });
    const lines = readFileSync(built.datasetFile, 'utf8').split('\n');
    await apply(built.directory);
    expect(labelIn(built.datasetFile, sample.id)).toBe(labelHash({ ...cityLabel('Paris', 1), alternatives: [cityLabel('Lyon', 1).calls] }));
    expect(readFileSync(built.datasetFile, 'utf8').split('\n').slice(1)).toEqual(lines.slice(1));
    expect(await apply(built.directory)).toMatchObject({ files: [], refused: [], kept: [], alreadyApplied: 1 });
    await revert(built.directory, { ids: ['d1'] });
    expect(readFileSync(built.datasetFile, 'utf8').split('\n')).toEqual(lines);
  });

  it('of a text stays in the decisions, and says so', async () => {
    const built = project();
    const sample = at(built, 0);
    append(built.directory, { id: 'd1', sampleId: sample.id, labelHash: sample.labelHash, ruling: 'bothCorrect', label: { kind: 'text', text: 'Where?' } });
    const result = await apply(built.directory);
    expect(result).toMatchObject({ files: [], refused: [], kept: [{ sampleId: sample.id, record: 0, reason: 'kept' }] });
  });
});

describe('dropped samples', () => {
  const drop = (built: BuiltProject, n: number): void => append(built.directory, { id: `drop${n}`, sampleId: at(built, n).id, labelHash: at(built, n).labelHash, ruling: 'drop' });

  it.each([[0], [2], [5], [1, 2], [4, 5], [0, 3, 5], [0, 1, 2, 3, 4]])('are listed, taken out when asked for, and put back byte for byte: %j', async (...which) => {
    const built = project();
    for (const n of which) drop(built, n);
    const before = readFileSync(built.datasetFile, 'utf8');
    const listed = await apply(built.directory);
    expect(listed.files).toEqual([]);
    expect(listed.dropped.whole.map(({ record }) => record)).toEqual(which);
    const { batch = '' } = await apply(built.directory, { drop: true });
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(before.split('\n').filter((_line, index) => !which.includes(index)).join('\n'));
    const back = await revert(built.directory, { ids: [batch] });
    expect(back.refused).toEqual([]);
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(before);
    expect((await readDecisions(built.directory)).state.standing).toEqual([]);
  });

  it('whose label changed since are refused and listed', async () => {
    const built = project();
    append(built.directory, { id: 'drop', sampleId: at(built, 3).id, labelHash: 'lbl_other', ruling: 'drop' });
    const result = await apply(built.directory, { drop: true });
    expect(result).toMatchObject({ files: [], refused: [{ sampleId: at(built, 3).id, record: 3, reason: 'stale' }], dropped: { whole: [], shared: [] } });
  });

  it('of a list take their comma along', async () => {
    const built = project();
    const list = `[\n  ${[0, 1, 2].map((n) => writeRow('openai-chat', at(built, n))).join(',\n  ')}\n]\n`;
    writeFileSync(built.datasetFile, list);
    drop(built, 2);
    const { batch = '' } = await apply(built.directory, { drop: true });
    expect((JSON.parse(readFileSync(built.datasetFile, 'utf8')) as unknown[]).length).toBe(2);
    await revert(built.directory, { ids: [batch] });
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(list);
  });
});

describe('reverts', () => {
  const three = (built: BuiltProject): string => {
    append(built.directory, { id: 'd0', sampleId: at(built, 0).id, labelHash: at(built, 0).labelHash, ruling: 'edit', label: cityLabel('Lyon', 1), by: 'ann' });
    append(built.directory, { id: 'd1', sampleId: at(built, 1).id, labelHash: at(built, 1).labelHash, ruling: 'edit', label: cityLabel('Nice', 2), by: 'bob', at: '2026-02-04T00:00:00.000Z' });
    append(built.directory, { id: 'd2', sampleId: at(built, 2).id, labelHash: at(built, 2).labelHash, ruling: 'edit', label: cityLabel('Lille', 3), by: 'ann', source: 'rule:some-rule' });
    return readFileSync(built.datasetFile, 'utf8');
  };
  const linesLike = (built: BuiltProject, text: string): readonly number[] => {
    const now = readFileSync(built.datasetFile, 'utf8').split('\n');
    return text.split('\n').flatMap((line, index) => (line === now[index] ? [] : [index]));
  };

  it.each([
    [{ ids: ['d1'] }, [0, 2]],
    [{ person: 'ann' }, [1]],
    [{ day: '2026-02-04' }, [0, 2]],
    [{ rule: 'some-rule' }, [0, 1]],
    [{ person: 'ann', rule: 'some-rule' }, [0, 1]],
  ])('of %j put the old labels back and take the decisions back, and nothing else', async (which, left) => {
    const built = project();
    const before = three(built);
    await apply(built.directory);
    const changed = readFileSync(built.datasetFile, 'utf8');
    const shown = await revert(built.directory, which, { write: false });
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(changed);
    const done = await revert(built.directory, which);
    expect(done.decisions.map(({ decision }) => decision)).toEqual(shown.decisions.map(({ decision }) => decision));
    expect(linesLike(built, before)).toEqual(left);
    expect([...(await readDecisions(built.directory)).state.inForce.values()].map(({ id }) => id)).toEqual(left.map((n) => `d${n}`));
    // And in turn.
    await revert(built.directory, { ids: [done.batch ?? ''] });
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(changed);
    expect((await readDecisions(built.directory)).state.inForce.size).toBe(3);
    expect(await apply(built.directory)).toMatchObject({ files: [], alreadyApplied: 3 });
  });

  it('of a batch find the labels in a file that was sorted, and refuse those that were changed since', async () => {
    const built = project();
    three(built);
    const { batch = '' } = await apply(built.directory);
    const other = readFileSync(built.datasetFile, 'utf8').replace(/Nice(\\*")/, 'Brest$1');
    writeFileSync(built.datasetFile, other.trimEnd().split('\n').reverse().map((line) => `${line}\n`).join(''));
    const result = await revert(built.directory, { ids: [batch] });
    expect(result.refused).toMatchObject([{ sampleId: at(built, 1).id, record: 4, reason: 'stale' }]);
    expect(labelIn(built.datasetFile, at(built, 0).id)).toBe(at(built, 0).labelHash);
    expect(labelIn(built.datasetFile, at(built, 2).id)).toBe(at(built, 2).labelHash);
    expect([...(await readDecisions(built.directory)).state.inForce.values()].map(({ id }) => id)).toEqual(['d1']);
  });

  it.each(['intend', 'decide', 'copy', 'write', 'done'] as const)('go on after a crash before the step %s', async (step) => {
    const built = project();
    const before = three(built);
    await apply(built.directory);
    await expect(revert(built.directory, { person: 'ann' }, { onStep: (now) => { if (now === step) throw new Error('killed'); } })).rejects.toThrow('killed');
    await revert(built.directory, { person: 'ann' });
    expect(linesLike(built, before)).toEqual([1]);
    expect((await readDecisions(built.directory)).state.inForce.size).toBe(1);
  });

  it('of decisions that were never applied take them back, with a line of their own, and in turn', async () => {
    const built = project();
    append(built.directory, { id: 'k', sampleId: at(built, 0).id, labelHash: at(built, 0).labelHash, ruling: 'keepLabel' });
    const { batch = '' } = await revert(built.directory, { ids: ['k'] });
    expect(audit(built.directory)).toMatchObject([{ op: 'change', sampleId: at(built, 0).id, decision: 'k', by: 'reverter' }]);
    expect((await readDecisions(built.directory)).state.inForce.size).toBe(0);
    await revert(built.directory, { ids: [batch] });
    expect((await readDecisions(built.directory)).state.inForce.get(at(built, 0).id)?.id).toBe('k');
  });
});

describe('what the judge replaced', () => {
  function replacedBy(built: BuiltProject): Sample {
    const sample = at(built, 0);
    const label = cityLabel('Lyon', 1);
    const row = { ...sample, label, labelHash: labelHash(label), v: 1, origin: 'labelRefined', parents: [], since: 1, replaced: { label: sample.label, labelHash: sample.labelHash, round: 1, by: 'judge', source: 'simulated-judge' } };
    writeFileSync(join(built.directory, '.looptool/rounds/0001/train.jsonl'), `${JSON.stringify(row)}\n`);
    return sample;
  }

  it('is applied only when asked for, with the judge as its source, and taken back by the judge\'s name', async () => {
    const built = project();
    const sample = replacedBy(built);
    const before = readFileSync(built.datasetFile, 'utf8');
    expect((await apply(built.directory)).files).toEqual([]);
    await apply(built.directory, { verdicts: true });
    expect(audit(built.directory)[0]).toMatchObject({ op: 'change', source: 'judge', judge: 'simulated-judge', promptVersion: '1', reason: 'The request names the city.', round: 1 });
    expect(labelIn(built.datasetFile, sample.id)).toBe(labelHash(cityLabel('Lyon', 1)));
    expect((await revert(built.directory, { judge: 'other' })).files).toEqual([]);
    const back = await revert(built.directory, { judge: 'simulated-judge', promptVersion: '1' });
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(before);
    expect(back.decisions).toMatchObject([{ sampleId: sample.id, does: 'edit' }]);
    expect((await readDecisions(built.directory)).state.inForce.get(sample.id)).toMatchObject({ way: 'revert', label: sample.label, labelHash: labelHash(cityLabel('Lyon', 1)) });
    expect((await apply(built.directory, { verdicts: true })).files).toEqual([]);
  });

  it('gives way to people', async () => {
    const built = project();
    const sample = replacedBy(built);
    append(built.directory, { id: 'd1', sampleId: sample.id, labelHash: sample.labelHash, ruling: 'keepLabel' });
    expect((await apply(built.directory, { verdicts: true })).files).toEqual([]);
  });

  it('is what a person decided on: such a decision is no stale one', async () => {
    const built = project();
    const sample = replacedBy(built);
    append(built.directory, { id: 'd1', sampleId: sample.id, labelHash: labelHash(cityLabel('Lyon', 1)), round: 2, ruling: 'edit', label: cityLabel('Nantes', 1) });
    expect(await apply(built.directory)).toMatchObject({ refused: [], files: [{ path: 'data/train.jsonl' }] });
    expect(labelIn(built.datasetFile, sample.id)).toBe(labelHash(cityLabel('Nantes', 1)));
  });
});

describe('files of many dialects', () => {
  const wanted: Label = { kind: 'calls', calls: [{ name: 'get_forecast', arguments: { city: 'Bergen' } }] };
  // Of parallel calls that stand among other items, one cannot be taken out.
  const calling = dialectRows.filter(([, what, row]) => what !== 'calls among the items' && readDataset(JSON.stringify(row), { file: 'f', steps: 'all' }).samples.some(({ sample }) => sample.label.kind === 'calls'));
  const cases = calling.map(([dialect, what, row], index) => [dialect, what, index % 2 === 0 ? 'LF' : 'CRLF', row] as const);

  it('are at least eight', () => {
    expect(new Set(cases.map(([dialect]) => dialect)).size).toBeGreaterThanOrEqual(8);
  });

  it.each(cases)('%s (%s), %s: nothing but the record changes, and the revert restores every byte', async (_dialect, _what, layout, row) => {
    const built = project();
    const config = join(built.directory, 'looptool.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"path": "data/train.jsonl"', '"path": "data/train.jsonl", "steps": "all"'));
    const [end, bom] = layout === 'LF' ? ['\n', ''] : ['\r\n', '\ufeff'];
    const filler = JSON.stringify(row).replaceAll('Oslo', 'Rome').replaceAll('Ann', 'Eve');
    const text = bom + [filler, JSON.stringify(row), `  ${filler.replaceAll('Rome', 'Quito').replaceAll('Eve', 'Uma')}  `].map((line) => line + end).join('');
    writeFileSync(built.datasetFile, text);
    const read = readDataset(text, { file: 'data/train.jsonl', steps: 'all' }).samples.find(({ occurrence, sample }) => occurrence.record === 1 && sample.label.kind === 'calls');
    if (read === undefined) throw new Error('the row has a call');
    append(built.directory, { id: 'd1', sampleId: read.sample.id, labelHash: read.sample.labelHash, ruling: 'takePrediction', label: wanted });
    const result = await apply(built.directory);
    expect(result.refused).toEqual([]);
    const lines = text.split(end);
    const now = readFileSync(built.datasetFile, 'utf8').split(end);
    expect(now.flatMap((line, index) => (line === lines[index] ? [] : [index]))).toEqual([1]);
    expect(labelIn(built.datasetFile, read.sample.id)).toBe(labelHash(wanted));
    await revert(built.directory, { ids: ['d1'] });
    expect(readFileSync(built.datasetFile, 'utf8')).toBe(text);
  });
});

it('leaves no temporary file behind', async () => {
  const built = project();
  decide(built.directory, at(built, 0), cityLabel('Lyon', 1));
  writeFileSync(join(built.directory, 'data/.99999999.looptool-apply.tmp'), 'of a killed process');
  await apply(built.directory);
  expect(readdirSync(join(built.directory, 'data')).sort()).toEqual(['heldout.jsonl', 'train.jsonl', 'train.jsonl.bak']);
});
