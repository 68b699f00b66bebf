import type { ServerReport } from '../../protocol/serverReport.ts';

export type RowName = 'server' | 'model' | 'answers' | 'logprobs' | 'tools' | 'prompt' | 'raw' | 'reasoning' | 'structured' | 'greedy' | 'parallel' | 'fingerprint';

/** The words of the screen; the editor has them in its language. */
export type ScreenWords = {
  readonly label: Readonly<Record<RowName, string>>;
  readonly state: Readonly<Record<ServerReport['state'], string>>;
  readonly auth: Readonly<Record<ServerReport['auth'], string>>;
  readonly tools: Readonly<Record<NonNullable<ServerReport['tools']>['mode'], string>>;
  readonly covers: Readonly<Record<'all' | 'withoutReasoning' | 'withoutCalls' | 'textOnly', string>>;
  readonly tokens: (count: string) => string;
  readonly slots: (count: number) => string;
  readonly simulated: string;
  readonly listed: string;
  readonly unlisted: string;
  readonly namesChecked: string;
  readonly namesIgnored: string;
  readonly streams: string;
  readonly noStream: string;
  readonly usage: string;
  readonly noUsage: string;
  readonly milliseconds: (count: number) => string;
  readonly none: string;
  readonly no: string;
  readonly yes: string;
  readonly byNProbs: string;
  readonly rawOnly: string;
  readonly beforeTemperature: string;
  readonly afterTemperature: string;
  readonly zeros: string;
  readonly withBytes: string;
  readonly incompleteStream: string;
  readonly ofPrompt: string;
  readonly counted: (count: string, via: string) => string;
  readonly shownBy: (via: string) => string;
  readonly toolThere: string;
  readonly toolMissing: string;
  readonly via: (path: string) => string;
  readonly sameAsChat: string;
  readonly otherThanChat: string;
  readonly inField: (field: string) => string;
  readonly offBy: (field: string) => string;
  readonly equal: (equal: number, asked: number) => string;
  readonly delta: (delta: string) => string;
  readonly sameRows: string;
  readonly temperatureIgnored: string;
  readonly atOnce: (tried: number, answered: number) => string;
  readonly speedup: (factor: string) => string;
};

export const englishWords: ScreenWords = {
  label: {
    server: 'server',
    model: 'model',
    answers: 'answers',
    logprobs: 'log-probs',
    tools: 'tool calls',
    prompt: 'prompt',
    raw: 'own prompt',
    reasoning: 'reasoning',
    structured: 'structured',
    greedy: 'greedy',
    parallel: 'parallel',
    fingerprint: 'fingerprint',
  },
  state: {
    ready: 'ready',
    loading: 'loading its model',
    broken: 'its engine is dead',
    unreachable: 'not reached',
    notStarted: 'runs on this machine; the first job starts it (or looptool serve)',
    simulated: 'follows the demo and errs on purpose; no model answers',
  },
  auth: { open: 'no key needed', key: 'key right', keyMissing: 'key missing', keyRefused: 'key refused', unknown: '' },
  tools: { parsed: 'taken out by the server', text: 'left in the text; LoopTool reads them', refused: 'refused', broken: "broken by the server's parser", noCall: 'none seen', unknown: 'not known' },
  covers: { all: 'of all tokens', withoutReasoning: 'without the reasoning', withoutCalls: 'without calls', textOnly: 'of the text alone' },
  tokens: (count) => `${count} tokens a request`,
  slots: (count) => (count === 1 ? 'one request at a time' : `${count} requests at a time`),
  simulated: 'simulated',
  listed: 'listed',
  unlisted: 'not listed',
  namesChecked: 'names are checked',
  namesIgnored: 'any name is answered',
  streams: 'streams',
  noStream: 'no stream',
  usage: 'counts tokens',
  noUsage: 'no token counts',
  milliseconds: (count) => `first one in ${count} ms`,
  none: 'none',
  no: 'no',
  yes: 'yes',
  byNProbs: 'yes, with tools in a stream by n_probs',
  rawOnly: 'only with a prompt of our own',
  beforeTemperature: 'before the temperature',
  afterTemperature: 'after the temperature',
  zeros: 'all zero: not used',
  withBytes: 'with bytes',
  incompleteStream: 'not complete in a stream with tools',
  ofPrompt: 'of the prompt too',
  counted: (count, via) => `${count} tokens for the test question, by ${via}`,
  shownBy: (via) => `shown by ${via}`,
  toolThere: 'holds the tool',
  toolMissing: 'the tool is not in it',
  via: (path) => `taken at ${path}`,
  sameAsChat: 'answers as chat does',
  otherThanChat: 'answers otherwise than chat',
  inField: (field) => `in ${field}`,
  offBy: (field) => `off by ${field}`,
  equal: (equal, asked) => `${equal} of ${asked} answers equal`,
  delta: (delta) => `log-probs differ by ${delta} at most`,
  sameRows: 'log-probs too',
  temperatureIgnored: 'the temperature is ignored',
  atOnce: (tried, answered) => (answered === tried ? `${tried} at once answered` : `${answered} of ${tried} at once answered`),
  speedup: (factor) => `${factor} times as fast as one by one`,
};
