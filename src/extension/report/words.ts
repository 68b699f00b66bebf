import { l10n } from 'vscode';
import { bucketLabel } from '../l10nLabels.ts';

const kindLabels: Readonly<Record<string, () => string>> = {
  kind: () => l10n.t('a call for a text, or a text for a call'),
  'missing-call': () => l10n.t('missing call'),
  'extra-call': () => l10n.t('extra call'),
  name: () => l10n.t('another tool'),
  'missing-argument': () => l10n.t('missing argument'),
  'extra-argument': () => l10n.t('extra argument'),
  value: () => l10n.t('another value'),
  type: () => l10n.t('another type'),
  order: () => l10n.t('another order'),
  text: () => l10n.t('another text'),
};

/** A kind of difference between label and prediction. */
export function differenceLabel(kind: string): string {
  return kindLabels[kind]?.() ?? kind;
}

const gateLabels: Readonly<Record<string, () => string>> = {
  api: () => l10n.t('request'),
  parse: () => l10n.t('readable'),
  shape: () => l10n.t('shape'),
  schema: () => l10n.t('schema'),
  grounding: () => l10n.t('grounding'),
  duplicate: () => l10n.t('duplicate'),
  nearDuplicate: () => l10n.t('near duplicate'),
  solver: () => l10n.t('judge as solver'),
  judge: () => l10n.t('judge as critic'),
  difficulty: () => l10n.t('difficulty'),
};

export function gateLabel(gate: string): string {
  return gateLabels[gate]?.() ?? gate;
}

const askedLabels: Readonly<Record<string, () => string>> = {
  same: () => l10n.t('as the seed'),
  single: () => l10n.t('one call'),
  parallel: () => l10n.t('several calls'),
  multiTurn: () => l10n.t('several turns'),
  ask: () => l10n.t('asks for an argument'),
  decline: () => l10n.t('declines'),
  recovery: () => l10n.t('recovers from an error'),
  values: () => l10n.t('other values'),
  persona: () => l10n.t('another person'),
  style: () => l10n.t('another way of speaking'),
  complexity: () => l10n.t('other complexity'),
  tools: () => l10n.t('other tools'),
  domain: () => l10n.t('another domain'),
};

/** What an expansion was asked to be: its kind or its variation. */
export function askedLabel(name: string): string {
  const [first = ''] = name.split(':');
  return askedLabels[first]?.() ?? name;
}

const placeLabels: Readonly<Record<string, () => string>> = {
  set: () => l10n.t('The set of the round'),
  matched: () => l10n.t('Matched'),
  bothCorrect: () => l10n.t('Both correct'),
  errorSeeds: () => l10n.t('Error seeds'),
  labelRefined: () => l10n.t('Error seeds with replaced label'),
  corrections: () => l10n.t('Corrections of samples that had left'),
  asked: () => l10n.t('Expansions asked for'),
  accepted: () => l10n.t('Accepted expansions'),
  corpus: () => l10n.t('The rest of the corpus'),
  open: () => l10n.t('not made or not judged yet'),
  'left out': () => l10n.t('left out: others rank higher'),
  cut: () => l10n.t('cut: no place, or a cap'),
  'trained before': () => l10n.t('trained before'),
  'dropped by people': () => l10n.t('dropped by people'),
  'not drawn': () => l10n.t('not drawn'),
};

/** A place of a flow of samples, see core/loop/setFlows.ts. */
export function placeLabel(place: string): string {
  const known = placeLabels[place];
  if (known !== undefined) return known();
  const [, way, what = ''] = /^(next|dropped|refused): (.*)$/.exec(place) ?? [];
  if (way === 'next') return l10n.t('next set: {0}', lower(bucketLabel(what)));
  if (way === 'dropped') return l10n.t('in no set: {0}', lower(bucketLabel(what)));
  return way === 'refused' ? l10n.t('refused: {0}', gateLabel(what)) : place;
}

export function lower(text: string): string {
  return text.slice(0, 1).toLocaleLowerCase() + text.slice(1);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `12.0 % [8.1 %, 17.4 %]` */
export function shareText({ value, low, high }: { readonly value: number; readonly low: number; readonly high: number }): string {
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

/** The tokens that a perplexity is over. */
export function overWords(over: string): string {
  return over === 'answer' ? l10n.t('the answer without its reasoning') : over === 'call' ? l10n.t('the calls alone') : l10n.t('all tokens');
}

/** Which tokens a server's log-probabilities are about. */
export function coversWords(part: string): string {
  switch (part) {
    case 'withoutReasoning':
      return l10n.t('log-probabilities leave out the reasoning');
    case 'withoutCalls':
      return l10n.t('log-probabilities leave out the calls');
    case 'textOnly':
      return l10n.t('log-probabilities are of the text alone');
    default:
      return l10n.t('log-probabilities cover all tokens');
  }
}
