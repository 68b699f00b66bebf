import { l10n } from 'vscode';
import type { JobState } from '../app/jobView.ts';
import type { StageStatus } from '../app/projectView.ts';
import type { StageName } from '../core/rounds/manifest.ts';

/** Words for people, in their language; ids stay English everywhere else. */
export function stageLabel(stage: StageName): string {
  switch (stage) {
    case 'train':
      return l10n.t('Train');
    case 'probe':
      return l10n.t('Probe');
    case 'verify':
      return l10n.t('Verify');
    case 'expand':
      return l10n.t('Expand');
    case 'compose':
      return l10n.t('Compose');
    case 'evaluate':
      return l10n.t('Evaluate');
  }
}

/** What a stage does, in one sentence. */
export function stageMeaning(stage: StageName): string {
  switch (stage) {
    case 'train':
      return l10n.t('Trains the policy on the set of this round.');
    case 'probe':
      return l10n.t('Asks the policy for every sample of the set, greedily, and compares with the label.');
    case 'verify':
      return l10n.t('Asks the judge who is wrong where label and prediction differ.');
    case 'expand':
      return l10n.t('Asks the generator for new samples like the ones that went wrong.');
    case 'compose':
      return l10n.t('Puts the next round\'s set together.');
    case 'evaluate':
      return l10n.t('Measures the policy on held-out samples, before and after.');
  }
}

export function statusLabel(status: StageStatus | JobState): string {
  switch (status) {
    case 'pending':
      return l10n.t('not started');
    case 'running':
      return l10n.t('running');
    case 'done':
      return l10n.t('done');
    case 'failed':
      return l10n.t('failed');
    case 'stopped':
      return l10n.t('stopped');
    case 'interrupted':
      return l10n.t('interrupted');
  }
}

const bucketLabels: Readonly<Record<string, () => string>> = {
  MATCH: () => l10n.t('Matched'),
  MATCH_UNVERIFIED: () => l10n.t('Matched, unverified text'),
  MISMATCH: () => l10n.t('Mismatched'),
  TRUNCATED: () => l10n.t('Truncated'),
  INVALID: () => l10n.t('Unreadable answer'),
  EMPTY: () => l10n.t('Empty answer'),
  ERROR: () => l10n.t('Request failed'),
  unstable: () => l10n.t('Answered otherwise when asked again'),
  'again.samples': () => l10n.t('Asked again'),
  'again.flips': () => l10n.t('Verdicts flipped when asked again'),
  'again.changed': () => l10n.t('Other answers changed when asked again'),
  'repeats.samples': () => l10n.t('Samples with repeats'),
  'repeats.answers': () => l10n.t('Answers of repeats'),
  'repeats.right': () => l10n.t('Right answers of repeats'),
  'repeats.flaky': () => l10n.t('Samples right only sometimes'),
  repeated: () => l10n.t('Asked several times'),
  flaky: () => l10n.t('Right only sometimes'),
  neverRight: () => l10n.t('Never right'),
  alwaysRight: () => l10n.t('Always right'),
  'by.judge': () => l10n.t('Decided by the judge'),
  'by.preCheck': () => l10n.t('Decided by rule'),
  'by.person': () => l10n.t('Decided by people'),
  'repeats.group': () => l10n.t('Rollouts of a group in the forecast'),
  'repeats.deadGroups.low': () => l10n.t('Groups without a signal, at least'),
  'repeats.deadGroups.high': () => l10n.t('Groups without a signal, at most'),
  'repeats.deadGroups': () => l10n.t('Groups without a signal, forecast'),
  'ranked.ppl': () => l10n.t('Ranked by perplexity'),
  'ranked.passRate': () => l10n.t('Ranked by pass rate'),
  'ranked.seed': () => l10n.t('Taken in a seeded order'),
  PRED_WRONG: () => l10n.t('Prediction wrong'),
  LABEL_WRONG: () => l10n.t('Label wrong'),
  BOTH_CORRECT: () => l10n.t('Both correct'),
  BOTH_WRONG: () => l10n.t('Both wrong'),
  NO_CONSENSUS: () => l10n.t('No consensus'),
  UNJUDGED: () => l10n.t('Not judged yet'),
  held: () => l10n.t('Held back for the review'),
  standing: () => l10n.t('Label stands, no verdict'),
  thirdVotes: () => l10n.t('Third votes'),
  'gate.open': () => l10n.t('Gate for replacing labels (1: open)'),
  accepted: () => l10n.t('Accepted'),
  pending: () => l10n.t('Not judged yet'),
  api: () => l10n.t('Refused: request failed'),
  parse: () => l10n.t('Refused: unreadable'),
  schema: () => l10n.t('Refused: schema'),
  duplicate: () => l10n.t('Refused: duplicate'),
  shape: () => l10n.t('Refused: shape of the conversation'),
  grounding: () => l10n.t('Refused: a value from nowhere'),
  nearDuplicate: () => l10n.t('Refused: near duplicate'),
  solver: () => l10n.t('Refused: the judge answers otherwise'),
  difficulty: () => l10n.t('Refused: too easy'),
  judge: () => l10n.t('Refused: judge'),
  seed: () => l10n.t('Fresh seeds'),
  errorSeed: () => l10n.t('Error seeds'),
  labelRefined: () => l10n.t('Error seeds with replaced label'),
  expansion: () => l10n.t('Expansions'),
  highPpl: () => l10n.t('Matched, high perplexity'),
  deadGroups: () => l10n.t('Groups without a signal'),
  matched: () => l10n.t('Matched'),
  fixed: () => l10n.t('Fixed'),
  broken: () => l10n.t('Broken'),
  stillRight: () => l10n.t('Right before and after'),
  stillWrong: () => l10n.t('Wrong before and after'),
  right: () => l10n.t('Right'),
  wrong: () => l10n.t('Wrong'),
};

/** A bucket's words by its id; the name of a held-out set stands for itself. */
export function bucketLabel(id: string): string {
  return bucketLabels[id]?.() ?? id;
}
