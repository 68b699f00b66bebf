import { describe, expect, it, vi } from 'vitest';
import { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { stageNames, type RoundManifest, type StageName } from '../../../src/core/rounds/manifest.ts';
import { stageFigures, type StageFigure } from '../../../src/app/stageFigures.ts';
import type { RoundView } from '../../../src/app/projectView.ts';
import { figureItem } from '../../../src/extension/tree/figureItems.ts';
import { limitWords, nearestLimit, usedLines, usedShort } from '../../../src/extension/jobs/usedWords.ts';

vi.mock('vscode', () => ({
  l10n: { t: (message: string, ...values: readonly unknown[]) => message.replace(/\{(\d+)\}/g, (_, i: string) => String(values[Number(i)])) },
  MarkdownString: class {
    appendText(): this {
      return this;
    }
  },
  ThemeColor: class {
    constructor(readonly id: string) {}
  },
  ThemeIcon: class {
    constructor(readonly id: string, readonly color?: object) {}
  },
  TreeItem: class {
    constructor(readonly label: string) {}
  },
  TreeItemCollapsibleState: { None: 0 },
}));

const config = projectConfigSchema.parse({ version: 1, name: 'p', datasets: { seed: [{ path: 'a.jsonl' }] }, endpoints: { policy: { kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model: 'm' }, judge: { kind: 'simulated', model: 'simulated-judge' }, generator: { kind: 'simulated', model: 'simulated-generator' } } });

function figuresOf(stage: StageName, counts: Readonly<Record<string, number>>, rest: Partial<RoundManifest> = {}): readonly StageFigure[] {
  const stages = Object.fromEntries(stageNames.map((name) => [name, { status: 'done', counts: name === stage ? counts : {}, notes: [] }])) as unknown as RoundManifest['stages']; // all names are there
  return stageFigures({ v: 1, round: 1, createdAt: '', seed: 1, config, models: { policy: 'm', judge: 's', generator: 's' }, datasets: [], stages, ...rest }, stage);
}

function shown(stage: StageName, figures: readonly StageFigure[]): readonly { readonly text: string; readonly warns: boolean; readonly command: unknown }[] {
  const project = { directory: '/p', label: 'p' } as never; // what is used of it
  return figures.map((figure, i) => {
    const { label, description, iconPath, command } = figureItem({ kind: 'figure', id: String(i), project, round: { round: 1 } as RoundView, stage, figure });
    return { text: `${typeof label === 'string' ? label : ''}: ${String(description)}`, warns: (iconPath as { readonly color?: object }).color !== undefined, command: [command?.command, ...((command?.arguments ?? []) as readonly { readonly bucket?: string }[]).map(({ bucket }) => bucket)] };
  });
}

describe('what the tree says of a stage beside its samples', () => {
  it('of a probe: which perplexity ranks, what was asked again, and the forecast with its interval', () => {
    const counts = { samples: 100, ERROR: 2, pplMissing: 10, 'again.samples': 50, 'again.flips': 3, 'again.changed': 1, 'repeats.samples': 40, 'repeats.answers': 120, 'repeats.right': 60, 'repeats.flaky': 8, 'repeats.deadGroups': 0.7, 'repeats.deadGroups.low': 0.5, 'repeats.deadGroups.high': 0.9, 'repeats.group': 16 };
    expect(shown('probe', figuresOf('probe', counts))).toEqual([
      { text: 'Perplexity: 88 of 98 samples, ranked over all tokens', warns: false, command: ['looptool.showReport', undefined] },
      { text: 'Asked again: 3 of 50 verdicts flipped, 1 more answers changed', warns: true, command: ['looptool.showSamples', 'unstable'] },
      { text: 'Repeats: 50.0 % right, 8 of 40 samples right only sometimes', warns: false, command: ['looptool.showSamples', 'repeated/flaky'] },
      { text: 'Groups without a signal, forecast: 70.0 % [50.0 %, 90.0 %] of groups of 16', warns: false, command: ['looptool.showReport', undefined] },
    ]);
  });

  it('without log-probabilities says what ranks in their place', () => {
    const texts = (counts: Readonly<Record<string, number>>): readonly string[] => shown('probe', figuresOf('probe', { samples: 10, pplMissing: 10, ...counts })).map(({ text }) => text);
    expect(texts({})).toEqual(['Perplexity: no log-probs: a seeded order']);
    expect(texts({ 'repeats.samples': 10, 'repeats.answers': 40, 'repeats.right': 20 })[0]).toBe('Perplexity: no log-probs: ranked by pass rate');
    expect(texts({ 'covers.withoutReasoning': 10 })[1]).toBe('Log-probabilities: 10 replies: log-probabilities leave out the reasoning');
  });

  it('of a verification: the gate, who decided, and third votes', () => {
    const gate = { relabel: 'gate', threshold: 0.9, least: 100, judge: 's', promptVersion: '1', simulated: false, open: false, cause: 'unmeasured', reason: 'nobody has measured this judge', at: '', passed: [] } as const;
    expect(shown('verify', figuresOf('verify', { 'by.judge': 20, 'by.preCheck': 3, thirdVotes: 5, standing: 1 }, { gate: { ...gate, passed: [] } }))).toEqual([
      { text: 'Gate for replacing labels: closed: nobody has measured this judge', warns: true, command: ['looptool.measureJudge', undefined] },
      { text: 'Decided by: judge 20, rule 3, people 0', warns: false, command: ['looptool.showReport', undefined] },
      { text: 'Third votes: 5 asked for; labels that stand without a verdict: 1', warns: false, command: ['looptool.showReport', undefined] },
    ]);
  });

  it('of a composition: what ranked, and who found no place', () => {
    const flows = [{ from: 'set', to: 'matched', count: 9 }, { from: 'accepted', to: 'cut', count: 4 }, { from: 'corpus', to: 'not drawn', count: 7 }];
    expect(shown('compose', figuresOf('compose', { size: 9, 'ranked.ppl': 0, 'ranked.passRate': 5, 'ranked.seed': 0 }, { flows })).map(({ text, warns }) => [text, warns])).toEqual([
      ['Matched, ranked: 5 by pass rate', true],
      ['Accepted expansions: 4 cut: no place, or a cap', false],
    ]);
  });

  it('of rounds of before there were such counts: nothing', () => {
    expect([figuresOf('probe', { samples: 10 }), figuresOf('verify', {}), figuresOf('compose', { size: 3 })]).toEqual([[], [], []]);
  });
});

describe('what a job has used', () => {
  const metrics = { 'used.tokens': 12_345, 'used.money': 0, 'used.minutes': 2.5, 'estimate.requests': 9 };

  it('is tokens alone where nothing is limited and nothing costs', () => {
    expect([usedLines({ metrics }), usedShort({ metrics })]).toEqual([['Tokens: 12.3k'], '12.3k tokens']);
    expect([usedLines({}), usedShort({})]).toEqual([[], '']);
  });

  it('is measured against the budget that is nearest to its end', () => {
    const job = { metrics: { ...metrics, 'used.money': 0.5 }, budgets: { tokens: 100_000, money: 0.6, minutes: 60 } };
    expect(usedLines(job)).toEqual(['Tokens: 12.3k of 100k', 'Money: 0.5 of 0.6', 'Minutes: 2.5 of 60']);
    expect([nearestLimit(job)?.limit, usedShort(job)]).toEqual(['money', '83 % of the budget']);
    expect(usedShort({ budgets: { minutes: 60 } })).toBe('0 % of the budget');
    expect(limitWords('tokens', 12_000_000, undefined)).toBe('Tokens: 12.0M');
  });
});
