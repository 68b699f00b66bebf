import { l10n } from 'vscode';
import type { Label, Sample } from '../../core/dataset/sample.ts';
import { stringifyJson, stringifySpaced } from '../../core/json/stringify.ts';
import type { ExpansionView } from '../../protocol/expansionView.ts';
import type { RoundPlace } from '../roundTarget.ts';
import { TextPage, type PageAction, type PageContent } from './textPage.ts';
import { askedLabel, gateLabel } from './words.ts';

type Result = ExpansionView['results'][number];
type Seed = ExpansionView['seeds'][number];

export type ExpansionPageOptions = {
  readonly place: RoundPlace;
  /** A preview can be gone on from; a list is what there is. */
  readonly preview: boolean;
  /** Of a list: whatever became of them. */
  readonly all: boolean;
  readonly title: string;
};

/** Expansions as people read them: seed, what was to be different, the new sample, and each gate with its word. */
export function expansionPage(view: ExpansionView, { place, preview, all, title }: ExpansionPageOptions): PageContent {
  const page = new TextPage();
  page.heading(title, actions(place, { preview, all }));
  page.line(summary(view, preview));
  if (view.simulated.length > 0) page.line(l10n.t('! Simulated, for demonstration: {0}', view.simulated.join(', ')));
  if (preview) page.line(l10n.t('They are part of the round: the whole run goes on from them.'));
  const seeds = new Map(view.seeds.map((seed) => [seed.id, seed]));
  for (const [i, result] of view.results.entries()) expansion(page, i + 1, result, { seed: seeds.get(result.seedId), gates: view.gates });
  if (view.results.length === 0) page.line(l10n.t('There are none.'));
  if (view.more !== undefined) page.heading(l10n.t('And {0} more: they are in the rounds, and with looptool expand --list.', view.more));
  return page.finish();
}

function actions(place: RoundPlace, { preview, all }: Pick<ExpansionPageOptions, 'preview' | 'all'>): readonly PageAction[] {
  const settings = { title: l10n.t('$(settings-gear) Change the Settings'), command: 'looptool.openConfig', argument: { ...place, setting: 'expand' } };
  if (preview) return [{ title: l10n.t('$(play) Make All Expansions'), command: 'looptool.runStage', argument: { ...place, stage: 'expand' } }, settings];
  return all ? [settings] : [{ title: l10n.t('$(list-flat) All Expansions'), command: 'looptool.showExpansions', argument: place }, settings];
}

function summary({ yields, results, more = 0 }: ExpansionView, preview: boolean): string {
  const refused = Object.entries(yields.refused).map(([gate, count]) => `${gateLabel(gate)} ${count}`).join(', ');
  const all = refused === '' ? l10n.t('{0} of {1} accepted.', yields.accepted, yields.asked) : l10n.t('{0} of {1} accepted; refused by: {2}.', yields.accepted, yields.asked, refused);
  return preview || results.length + more === yields.asked ? all : l10n.t('{0} shown. Of the round: {1}', results.length, all);
}

type Context = { readonly seed: Seed | undefined; readonly gates: ExpansionView['gates'] };

function expansion(page: TextPage, number: number, result: Result, { seed, gates }: Context): void {
  const { sample, variation, kind } = result;
  page.heading(`${number}. ${stateWords(result)} · ${askedLabel(variation)}${kind === undefined ? '' : ` · ${askedLabel(kind)}`}`);
  if (seed !== undefined) {
    page.line(l10n.t('Seed'));
    page.quoted(seed.request, 2000);
    label(page, seed.label);
  }
  if (sample !== undefined) {
    page.line(l10n.t('New sample'));
    conversation(page, sample);
    label(page, sample.label);
  }
  page.line(l10n.t('Gates'));
  for (const line of gateLines(result, gates)) page.below(line);
}

function stateWords({ status, gate }: Result): string {
  if (status === 'accepted') return l10n.t('accepted');
  return status === 'open' ? l10n.t('not judged yet') : l10n.t('refused: {0}', gateLabel(gate ?? ''));
}

/** Those before the one that refused were passed; those after it were not asked. */
function gateLines({ status, gate, reason }: Result, gates: ExpansionView['gates']): readonly string[] {
  if (status === 'refused' && gate === 'api') return [`✗ ${gateLabel(gate)}: ${reason}`];
  const refusedAt = gate === undefined ? -1 : gates.indexOf(gate);
  if (status === 'refused' && refusedAt < 0) return [`✗ ${gateLabel(gate ?? '')}: ${reason}`];
  const passed = gates.slice(0, status === 'refused' ? refusedAt : status === 'open' ? gates.indexOf('solver') : undefined);
  const after = gates.slice(passed.length + (status === 'refused' ? 1 : 0));
  return [
    ...(passed.length === 0 ? [] : [`✓ ${passed.map(gateLabel).join(', ')}`]),
    ...(status === 'refused' && gate !== undefined ? [`✗ ${gateLabel(gate)}: ${reason}`] : []),
    ...(after.length === 0 ? [] : [`- ${l10n.t('not asked: {0}', after.map(gateLabel).join(', '))}`]),
  ];
}

/** Earlier turns too, where there are some: an expansion may build on them. */
function conversation(page: TextPage, { messages }: Sample): void {
  for (const message of messages) {
    if (message.role === 'system') continue;
    if (messages.length > 1) page.below(message.role);
    if (message.content !== '') page.quoted(message.content, 4000);
    if (message.role === 'assistant') for (const call of message.calls) page.below(`→ ${call.name} ${stringifySpaced(call.arguments)}`);
  }
}

function label(page: TextPage, answer: Label): void {
  switch (answer.kind) {
    case 'calls':
      for (const call of answer.calls) page.below(`→ ${call.name} ${stringifySpaced(call.arguments)}`);
      return;
    case 'text':
      page.below(l10n.t('answers'));
      page.quoted(answer.text, 2000);
      return;
    case 'trace':
      page.quoted(stringifyJson(answer.trace, 2), 2000);
      return;
    case 'noCall':
    case 'anyCall':
    case 'invalid':
      page.below(answer.kind);
  }
}
