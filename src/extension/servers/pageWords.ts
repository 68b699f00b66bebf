import { l10n } from 'vscode';
import type { PageWords } from '../../app/doctor/editorDoctor.ts';
import type { ScreenWords } from '../../app/doctor/screenWords.ts';
import { roleLabel } from './roleLabel.ts';

/** The words of the page of findings, in the language of the editor. */
export function pageWords(project: string): PageWords {
  return {
    title: l10n.t('Servers of {0}', project),
    role: { policy: roleLabel('policy'), judge: roleLabel('judge'), judge2: roleLabel('judge2'), generator: roleLabel('generator') },
    replica: (number) => l10n.t('replica {0}', number),
    cannotWork: l10n.t('Cannot work'),
    inOrder: l10n.t('In order'),
    problems: (count) => (count === 1 ? l10n.t('Works, with one problem') : l10n.t('Works, with {0} problems', count)),
    what: l10n.t('What'),
    found: l10n.t('Found'),
    whatToDo: l10n.t('What to do:'),
    notes: l10n.t('Good to know'),
    cached: (time) => l10n.t('asked {0}; Test Connection, Ask All Again asks anew', time.replace('T', ' ').slice(0, 16)),
    screen: screenWords(),
  };
}

function screenWords(): ScreenWords {
  return {
    label: {
      server: l10n.t('Server'),
      model: l10n.t('Model'),
      answers: l10n.t('Answers'),
      logprobs: l10n.t('Log-probabilities'),
      tools: l10n.t('Tool calls'),
      prompt: l10n.t('Prompt'),
      raw: l10n.t('Own prompt'),
      reasoning: l10n.t('Reasoning'),
      structured: l10n.t('Structured answers'),
      greedy: l10n.t('Greedy'),
      parallel: l10n.t('Parallel'),
      fingerprint: l10n.t('Fingerprint'),
    },
    state: {
      ready: l10n.t('ready'),
      loading: l10n.t('loading its model'),
      broken: l10n.t('its engine is dead'),
      unreachable: l10n.t('not reached'),
      notStarted: l10n.t('Runs on this machine; the first job starts it'),
      simulated: l10n.t('follows the demo and errs on purpose; no model answers'),
    },
    auth: { open: l10n.t('no key needed'), key: l10n.t('key right'), keyMissing: l10n.t('key missing'), keyRefused: l10n.t('key refused'), unknown: '' },
    tools: {
      parsed: l10n.t('taken out by the server'),
      text: l10n.t('left in the text; LoopTool reads them'),
      refused: l10n.t('refused'),
      broken: l10n.t('broken by the parser of the server'),
      noCall: l10n.t('none seen'),
      unknown: l10n.t('not known'),
    },
    covers: { all: l10n.t('of all tokens'), withoutReasoning: l10n.t('without the reasoning'), withoutCalls: l10n.t('without calls'), textOnly: l10n.t('of the text alone') },
    ...plainWords(),
    ...wordsWithValues(),
  };
}

function plainWords() {
  return {
    simulated: l10n.t('simulated'),
    listed: l10n.t('listed'),
    unlisted: l10n.t('not listed'),
    namesChecked: l10n.t('names are checked'),
    namesIgnored: l10n.t('any name is answered'),
    streams: l10n.t('streams'),
    noStream: l10n.t('no stream'),
    usage: l10n.t('counts tokens'),
    noUsage: l10n.t('no token counts'),
    none: l10n.t('none'),
    no: l10n.t('no'),
    yes: l10n.t('yes'),
    byNProbs: l10n.t('yes, with tools in a stream by n_probs'),
    rawOnly: l10n.t('only with a prompt of our own'),
    beforeTemperature: l10n.t('before the temperature'),
    afterTemperature: l10n.t('after the temperature'),
    zeros: l10n.t('all zero: not used'),
    withBytes: l10n.t('with bytes'),
    incompleteStream: l10n.t('not complete in a stream with tools'),
    ofPrompt: l10n.t('of the prompt too'),
    toolThere: l10n.t('holds the tool'),
    toolMissing: l10n.t('the tool is not in it'),
    sameAsChat: l10n.t('answers as chat does'),
    otherThanChat: l10n.t('answers otherwise than chat'),
    sameRows: l10n.t('log-probs too'),
    temperatureIgnored: l10n.t('the temperature is ignored'),
  };
}

function wordsWithValues() {
  return {
    tokens: (count: string) => l10n.t('{0} tokens a request', count),
    slots: (count: number) => (count === 1 ? l10n.t('one request at a time') : l10n.t('{0} requests at a time', count)),
    milliseconds: (count: number) => l10n.t('first one in {0} ms', count),
    counted: (count: string, via: string) => l10n.t('{0} tokens for the test question, by {1}', count, via),
    shownBy: (via: string) => l10n.t('shown by {0}', via),
    via: (path: string) => l10n.t('taken at {0}', path),
    inField: (field: string) => l10n.t('in {0}', field),
    offBy: (field: string) => l10n.t('off by {0}', field),
    equal: (equal: number, asked: number) => l10n.t('{0} of {1} answers equal', equal, asked),
    delta: (delta: string) => l10n.t('log-probs differ by {0} at most', delta),
    atOnce: (tried: number, answered: number) => (answered === tried ? l10n.t('{0} at once answered', tried) : l10n.t('{0} of {1} at once answered', answered, tried)),
    speedup: (factor: string) => l10n.t('{0} times as fast as one by one', factor),
  };
}
