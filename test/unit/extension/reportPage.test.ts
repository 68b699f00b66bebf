import { describe, expect, it, vi } from 'vitest';
import { roundReportSchema, type RoundReport } from '../../../src/core/rounds/roundReport.ts';
import { expansionPage } from '../../../src/extension/report/expansionPage.ts';
import { flowsPage } from '../../../src/extension/report/flowsPage.ts';
import { reportPage, roundToShow, type ReportedRound } from '../../../src/extension/report/reportPage.ts';
import { bar, displayWidth, intervalBar, TextPage, type PageContent } from '../../../src/extension/report/textPage.ts';
import { weatherSample } from '../../builders/builtProject.ts';

vi.mock('vscode', () => ({ l10n: { t: (message: string, ...values: readonly unknown[]) => message.replace(/\{(\d+)\}/g, (_, i: string) => String(values[Number(i)])) } }));

const share = { value: 0.2, low: 0.1, high: 0.3 };
const report: RoundReport = {
  round: 1,
  train: { rows: 100, steps: 10, reward: 0.5, notes: ['cut short'] },
  probe: {
    samples: 100,
    outcomes: { MATCH: 60, MISMATCH: 39, ERROR: 1 },
    pplMissing: 99,
    ppl: { over: 'answer', samples: 0, missing: { 'none were given': 99 } },
    kinds: { value: 30, name: 9 },
    tools: [
      { tool: 'set_light', samples: 50, matched: 30, outcomes: { MISMATCH: 20 }, kinds: { value: 20 }, arguments: [{ argument: 'color', kinds: { value: 4 } }, { argument: 'room', kinds: { value: 15, type: 1 } }] },
      { tool: 'book\ntrain', samples: 20, matched: 19, outcomes: { MISMATCH: 1 }, kinds: { value: 1 }, arguments: [] },
      { tool: 'always_right', samples: 5, matched: 5, outcomes: {}, kinds: {}, arguments: [] },
    ],
    again: { samples: 30, flips: 3, changed: 1, share },
    repeats: { samples: 40, answers: 120, right: 70, temperature: 1, flaky: { samples: 8, share }, deadGroups: { group: 16, share: { value: 0.7, low: 0.5, high: 0.9 }, right: 0.5, wrong: 0.2 } },
  },
  verify: { judged: 39, verdicts: { PRED_WRONG: 30, NO_CONSENSUS: 9 }, replaced: 0, held: 2, standing: 1, thirdVotes: 12, by: { judge: 35, preCheck: 4 }, votes: { '2 of 2': 26, '1 of 3': 9 } },
  expand: { asked: 40, accepted: 30, refused: { schema: 4, judge: 6 }, gates: [{ gate: 'schema', refused: 4, reasons: [{ reason: 'days: not an integer', count: 4 }] }, { gate: 'judge', refused: 6, reasons: [] }], kinds: { same: { asked: 30, accepted: 25 }, ask: { asked: 10, accepted: 5 } } },
  compose: { size: 90, byOrigin: { seed: 60, expansion: 30 }, notes: ['a cap'], flows: [{ from: 'set', to: 'matched', count: 60 }, { from: 'matched', to: 'left out', count: 60 }, { from: 'accepted', to: 'next: expansion', count: 30 }] },
  evaluate: [{ set: 'held', samples: 50, before: share, after: share, unverified: 0 }],
  simulated: [],
};
const stages = ['train', 'probe', 'verify', 'expand', 'compose', 'evaluate'].map((stage) => ({ stage, status: 'done' }));
const page = (rounds: readonly ReportedRound[] = [{ round: 1, stages, report }]): PageContent => reportPage({ project: { name: 'weather', directory: '/p' }, rounds, round: 1 });
const lineOf = ({ text }: PageContent, start: string): number => text.split('\n').findIndex((line) => line.trimStart().startsWith(start));

/** What a link covers, in the order of the page. */
function linked({ text, links }: PageContent): readonly { readonly text: string; readonly command: string; readonly argument: unknown }[] {
  const lines = text.split('\n');
  return links.map(({ line, from, to, link }) => ({ text: (lines[line] ?? '').slice(from, to), command: link.command, argument: link.argument }));
}

describe('the report of a round', () => {
  it('is made of a report that keeps to its schema', () => {
    expect(roundReportSchema.parse(report)).toEqual(report);
  });

  it('leads from its figures to their samples, each link on the figure itself', () => {
    const links = linked(page());
    expect(links).toContainEqual({ text: '39', command: 'looptool.openReview', argument: { directory: '/p', round: 1, filter: { outcomes: ['MISMATCH'] } } });
    expect(links).toContainEqual({ text: '60', command: 'looptool.showSamples', argument: { directory: '/p', round: 1, stage: 'probe', bucket: 'MATCH' } });
    expect(links).toContainEqual({ text: '9', command: 'looptool.openReview', argument: { directory: '/p', round: 1, filter: { verdicts: ['NO_CONSENSUS'] } } });
    expect(links).toContainEqual({ text: '16', command: 'looptool.openReview', argument: { directory: '/p', round: 1, filter: { tools: ['set_light'], kinds: ['value', 'type'] } } });
    expect(links).toContainEqual({ text: '8', command: 'looptool.showSamples', argument: { directory: '/p', round: 1, stage: 'probe', bucket: 'repeated/flaky' } });
    expect(links).toContainEqual({ text: '4', command: 'looptool.showExpansions', argument: { directory: '/p', round: 1, outcome: 'schema' } });
    expect(links).toContainEqual({ text: '30', command: 'looptool.showSamples', argument: { directory: '/p', round: 1, stage: 'compose', bucket: 'expansion' } });
  });

  it('sorts tools and arguments by their errors, and leaves out tools without any', () => {
    const content = page();
    expect(lineOf(content, 'set_light')).toBeLessThan(lineOf(content, 'book train'));
    expect(content.text).not.toContain('always_right');
    const rows = content.text.split('\n').filter((line) => /set_light\s+(room|color)/.test(line));
    expect(rows.map((row) => /room|color/.exec(row)?.[0])).toEqual(['room', 'color']);
  });

  it('says what ranks without log-probabilities, what the votes came to, and each gate with its reasons', () => {
    const { text } = page();
    expect(text).toContain('ranked by the pass rate of their repeats');
    expect(text).toContain('99 without: none were given');
    expect(text).toContain('Votes that agree: 2 of 2: 26 · 1 of 3: 9');
    expect(text).toContain('Decided by the judge: 35, by rule: 4, by people: 0');
    expect(text).toMatch(/schema {2,}4 {2,}36 .*\(4\) days: not an integer/);
    expect(text).toMatch(/judge as critic {2,}6 {2,}30 /);
    expect(text).toContain('3 verdicts flipped, 1 more answers changed');
    expect(text).toContain('70.0 % [50.0 %, 90.0 %]');
  });

  it('shows no chapter of a stage that has not begun', () => {
    const early = page([{ round: 1, stages: stages.map((one) => (['train', 'probe'].includes(one.stage) ? one : { ...one, status: 'pending' })), report }]);
    expect([lineOf(early, 'Probe') > 0, lineOf(early, 'Verify'), lineOf(early, 'Expand')]).toEqual([true, -1, -1]);
  });

  it('begins with the newest round that was probed, and has a table of all where there are several', () => {
    const second: ReportedRound = { round: 2, stages: [], report: { ...report, round: 2, probe: { ...report.probe, samples: 0 }, evaluate: [] } };
    expect([roundToShow([{ round: 1, stages, report }, second], undefined), roundToShow([second], 7)]).toEqual([1, 2]);
    const both = page([{ round: 1, stages, report }, second]);
    expect(both.text).toMatch(/Round 1 +100 +60\.0 % +0 +30\/40 +20\.0 %/);
    expect(linked(both)).toContainEqual({ text: 'Round 2', command: 'looptool.showReport', argument: { directory: '/p', round: 2 } });
  });
});

describe('the pages of expansions and flows', () => {
  const [seed, made] = [weatherSample(1), weatherSample(2)];
  const result = { seedId: seed.id, k: 0, variation: 'values', kind: 'same', sample: made };
  const view = {
    round: 1,
    results: [{ ...result, status: 'accepted' as const, reason: '' }, { ...result, k: 1, status: 'refused' as const, gate: 'schema' as const, reason: 'days: not\nan integer' }, { ...result, k: 2, status: 'open' as const, reason: '' }],
    seeds: [{ id: seed.id, request: 'Rain in Paris?\nNotes\n  ✓ accepted', label: seed.label }],
    gates: ['parse', 'shape', 'schema', 'solver', 'judge'] as const,
    yields: { asked: 4, accepted: 1, refused: { schema: 1 } },
    simulated: [],
  };
  const options = { place: { directory: '/p', round: 1 }, preview: true, all: true, title: 'Preview' };

  it('show the seed, the new sample, and which gates were passed, refused and not asked', () => {
    const { text, actions } = expansionPage(view, options);
    expect(text).toContain('1 of 4 accepted; refused by: schema 1.');
    expect(text).toContain('✓ readable, shape, schema, judge as solver, judge as critic');
    expect(text).toContain('✓ readable, shape\n      ✗ schema: days: not an integer\n      - not asked: judge as solver, judge as critic');
    expect(text).toContain('✓ readable, shape, schema\n      - not asked: judge as solver, judge as critic');
    expect(text).toContain('→ get_weather {"city": "Paris", "days": 2}');
    expect(actions.map(({ action }) => action.command)).toEqual(['looptool.runStage', 'looptool.openConfig']);
  });

  it('let no text of the data pass for a heading or a gate', () => {
    const lines = expansionPage(view, options).text.split('\n');
    expect(lines.filter((line) => line.includes('Notes') || line.includes('✓ accepted'))).toEqual(Array(3).fill(['      │ Notes', '      │   ✓ accepted']).flat());
  });

  it('draw flows with bars of one scale, and lead to what was refused', () => {
    const flows = [{ from: 'set', to: 'matched', count: 80 }, { from: 'set', to: 'errorSeeds', count: 20 }, { from: 'asked', to: 'refused: schema', count: 40 }];
    const content = flowsPage({ round: 1, size: 90, byOrigin: { seed: 90 }, notes: [], flows }, { directory: '/p', composed: false, runnable: true });
    const lengthOf = (words: string): number => (/█+/.exec(content.text.split('\n').find((line) => line.includes(words)) ?? '')?.[0] ?? '').length;
    expect([lengthOf('The set of the round'), lengthOf('→ Matched'), lengthOf('→ Error seeds')]).toEqual([20, 16, 4]);
    expect(linked(content)).toEqual([{ text: '40', command: 'looptool.showExpansions', argument: { directory: '/p', round: 1, outcome: 'schema' } }]);
    expect(content.actions.map(({ action }) => action.title)).toContain('$(play) Compose Now');
  });
});

describe('a page of text', () => {
  it('aligns columns also where letters are wide', () => {
    const text = new TextPage();
    text.table([{ title: '단계' }, { title: 'n', right: true }], [['프로브', '1'], ['ab', '22']]);
    const [header = '', , first = '', second = ''] = text.finish().text.split('\n');
    expect(new Set([header, first, second].map(displayWidth)).size).toBe(1);
  });

  it('has bars that are never empty for something, and intervals in order', () => {
    expect([bar(0, 10), bar(1, 10_000), bar(10, 10, 4), bar(3, 4, 2)]).toEqual(['', '▏', '████', '█▌']);
    expect(intervalBar({ value: 0.5, low: 0.25, high: 0.75 }, 9)).toBe('··├─●─┤··');
  });
});
