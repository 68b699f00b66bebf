import type { FinalVerdict } from '../../src/core/rounds/verdict.ts';
import type { ProbeOutcome } from '../../src/core/rounds/journalEntries.ts';
import { t } from '../shared/words.ts';

export function verdictWords(verdict: FinalVerdict): string {
  switch (verdict) {
    case 'PRED_WRONG': return t('the prediction is wrong');
    case 'LABEL_WRONG': return t('the label is wrong');
    case 'BOTH_CORRECT': return t('both are correct');
    case 'BOTH_WRONG': return t('both are wrong');
    case 'NO_CONSENSUS': return t('no agreement');
  }
}

export function outcomeWords(outcome: ProbeOutcome): string {
  switch (outcome) {
    case 'MATCH': return t('match');
    case 'MATCH_UNVERIFIED': return t('match, unverified');
    case 'MISMATCH': return t('mismatch');
    case 'TRUNCATED': return t('cut off');
    case 'INVALID': return t('invalid');
    case 'EMPTY': return t('empty');
    case 'ERROR': return t('error');
  }
}

/** A value of a facet in words where we know it; names from the data stay as they are. */
export function facetWords(value: string): string {
  switch (value) {
    case 'PRED_WRONG':
    case 'LABEL_WRONG':
    case 'BOTH_CORRECT':
    case 'BOTH_WRONG':
    case 'NO_CONSENSUS': return verdictWords(value);
    case 'unjudged': return t('not judged');
    case 'MATCH':
    case 'MATCH_UNVERIFIED':
    case 'MISMATCH':
    case 'TRUNCATED':
    case 'INVALID':
    case 'EMPTY':
    case 'ERROR': return outcomeWords(value);
    case 'kind': return t('kind of answer');
    case 'missing-call': return t('missing call');
    case 'extra-call': return t('extra call');
    case 'name': return t('tool name');
    case 'missing-argument': return t('missing argument');
    case 'extra-argument': return t('extra argument');
    case 'value': return t('value');
    case 'type': return t('type');
    case 'order': return t('order');
    case 'text': return t('text');
    case 'truncated': return t('cut off');
    case 'invalid': return t('invalid');
    case 'empty': return t('empty');
    case 'seed': return t('seed');
    case 'errorSeed': return t('error seed');
    case 'labelRefined': return t('label replaced');
    case 'expansion': return t('expansion');
    case 'highPpl': return t('high perplexity');
    case 'matched': return t('matched');
    case 'file': return t('file');
    default: return value;
  }
}
